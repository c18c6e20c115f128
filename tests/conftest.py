"""What all tests share: property tests are judged by their result, not by a slow machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "utfall", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("utfall")
