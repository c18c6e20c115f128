"""A store to start from."""

import pytest

from tests.projections.builders import Books


@pytest.fixture
def books(tmp_path):
    """The region of `builders`, with nothing booked."""
    made = Books(tmp_path)
    yield made
    made.store.close()
