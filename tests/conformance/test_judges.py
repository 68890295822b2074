"""The judges are judged first: what is wrong must be found, and the formulas must give what is known."""

import math
import unittest

from check import check_played
from exposition import Exposition, compare, key, quantile
from process import Failure
from server import increase

GOOD = """\
# HELP a A.
# TYPE a histogram
a_bucket{le="1.0"} 1
a_bucket{le="+Inf"} 3
a_count 3
a_sum 7.5
# EOF
"""


class Judges(unittest.TestCase):
    def test_a_good_exposition_is_accepted(self):
        good = Exposition(GOOD, "openmetrics")
        self.assertEqual(good.value("a_sum"), 7.5)
        self.assertEqual(good.buckets("a"), [(1.0, 1.0), (math.inf, 3.0)])

    def test_a_bad_exposition_is_refused(self):
        for broken in (
            GOOD.replace("# EOF\n", ""),
            GOOD.replace("a_count 3", "a_count 4"),
            GOOD.replace('le="1.0"', 'le="2.0",le="1.0"'),
            GOOD.replace('le="1.0"} 1', 'le="1.0"} 4'),
            GOOD.replace("a_sum 7.5", "a_sum seven"),
        ):
            with self.assertRaises(Failure, msg=broken):
                Exposition(broken, "openmetrics")

    def test_a_missing_and_a_wrong_series_are_named(self):
        wanted = {key("a", {"x": "1"}): 1.0, key("a", {"x": "2"}): 2.0}
        compare("itself", wanted, dict(wanted))
        with self.assertRaisesRegex(Failure, r'1 of 2 series differ\n  a\{x="2"\}: 2.0 wanted, 3.0 found'):
            compare("other", wanted, {**wanted, key("a", {"x": "2"}): 3.0})
        with self.assertRaisesRegex(Failure, r'a\{x="1"\}: 1.0 wanted, nothing found'):
            compare("less", wanted, {key("a", {"x": "2"}): 2.0})

    def test_one_customer_too_many_is_found(self):
        exposed = Exposition(GOOD, "openmetrics")
        with self.assertRaisesRegex(Failure, "a_count{}: 4 wanted, 3 found"):
            check_played({"a_count": 4}, exposed)

    def test_bounds_are_numbers(self):
        self.assertEqual(key("a", {"le": "1"}), key("a", {"le": "1.0", "empty": ""}))
        self.assertNotEqual(key("a", {"x": "1"}), key("a", {"x": "1.0"}))

    def test_quantiles(self):
        buckets = [(1.0, 10.0), (2.0, 30.0), (4.0, 40.0), (math.inf, 40.0)]
        self.assertEqual(quantile(0.5, buckets), 1.5)
        self.assertEqual(quantile(0.25, buckets), 1.0)
        self.assertEqual(quantile(0.9, buckets), 3.2)
        self.assertEqual(quantile(0.9, [(1.0, 1.0), (math.inf, 10.0)]), 1.0)
        self.assertTrue(math.isnan(quantile(0.9, [(1.0, 0.0), (math.inf, 0.0)])))

    def test_increase(self):
        # Samples on the window's ends need no extrapolation, a reset is added back.
        self.assertEqual(increase([(0, 5), (5, 10), (10, 15)], 10, 10), 10)
        self.assertEqual(increase([(0, 5), (5, 10), (10, 3)], 10, 10), 8)
        # 2.5 s to both ends, nearer than one step: 10 * (10 + 2.5 + 2.5) / 10.
        self.assertEqual(increase([(2.5, 10), (7.5, 15), (12.5, 20)], 15, 15), 15)
        # Far from both ends: half a step each.
        self.assertEqual(increase([(40, 100), (50, 110), (60, 120)], 100, 100), 30)


if __name__ == "__main__":
    unittest.main()
