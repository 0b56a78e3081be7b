from tests.leaks import garbage, no_leaks

__all__ = ["garbage", "no_leaks"]
