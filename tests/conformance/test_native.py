"""What native histograms are judged by, judged by what is known."""

import unittest

from native import buckets_of, quantile


class Native(unittest.TestCase):
    def test_native_buckets(self):
        native = {
            "schema": 0, "zero_threshold": 0.25, "zero_count": 1, "positive": [[0, 2], [2, 3]], "negative": [[1, 4]],
        }
        buckets = buckets_of(native)
        self.assertEqual(buckets, [(-2.0, -1.0, 4), (-0.25, 0.25, 1), (0.5, 1.0, 2), (2.0, 4.0, 3)])
        self.assertEqual(quantile(0.2, buckets, 10), -1.5)
        self.assertEqual(quantile(0.85, buckets, 10), 3.0)


if __name__ == "__main__":
    unittest.main()
