"""Months as people write them, in titles."""

import pytest

from reporting.times import in_words


@pytest.mark.parametrize(
    ("title", "swedish", "english"),
    [
        ("x 2020-08, {scale}", "x augusti 2020, {scale}", "x August 2020, {scale}"),
        ("x 2020-01–2020-08", "x januari–augusti 2020", "x January–August 2020"),
        ("x 2020-01 to 2020-08", "x januari to augusti 2020", "x January to August 2020"),
        ("x 2019-09–2020-08", "x september 2019–augusti 2020", "x September 2019–August 2020"),
        ("känt 2020-09-21 11:00", "känt 2020-09-21 11:00", "känt 2020-09-21 11:00"),
        ("omgång 2020-T2", "omgång 2020-T2", "omgång 2020-T2"),
        ("interim-60-2020-08", "interim-60-2020-08", "interim-60-2020-08"),
        ("2020-13 och 12020-08", "2020-13 och 12020-08", "2020-13 och 12020-08"),
    ],
)  # fmt: skip
def test_months_of_a_title(title, swedish, english):
    """What is no month stays as it is."""
    assert (in_words(title, "sv"), in_words(title, "en")) == (swedish, english)
