"""What the guide's queries are judged by, judged by what is known."""

import math
import unittest

from stored import Stored, above, below, plus, quantiles, ratio, scale, total


class Fake:
    """A Prometheus with two counters of one name, and a gauge."""

    def api(self, path, query, time):
        assert (path, time) == ("query", 300)
        series = {
            "a_total[300s]": [
                ({"__name__": "a_total", "job": "x", "instance": "y", "code": "200"}, [[0, "0"], [150, "5"], [300, "30"]]),
                ({"__name__": "a_total", "job": "x", "instance": "y", "code": "500"}, [[0, "0"], [150, "1"], [300, "3"]]),
                ({"__name__": "a_total", "job": "x", "instance": "y", "code": "404"}, [[300, "1"]]),
            ],
            "b[300s]": [({"__name__": "b", "job": "x", "instance": "y"}, [[0, "2"], [300, "4"]])],
        }[query]
        return {"result": [{"metric": metric, "values": values} for metric, values in series]}


class Functions(unittest.TestCase):
    def test_rates(self):
        stored = Stored(Fake(), 300)
        ok, broken = (("code", "200"),), (("code", "500"),)
        self.assertEqual(stored.increase("a_total", "5m"), {ok: 30.0, broken: 3.0})
        self.assertEqual(stored.rate("a_total", code="5.."), {broken: 0.01})
        self.assertEqual(total(stored.rate("a_total")), {(): 0.11})
        self.assertEqual(total(stored.increase("a_total", "5m"), "code"), {ok: 30.0, broken: 3.0})

    def test_gauges(self):
        stored = Stored(Fake(), 300)
        self.assertEqual(stored.last("b"), {(): 4.0})
        self.assertEqual(stored.over_time(max, "b", "5m"), {(): 4.0})

    def test_arithmetic(self):
        one, two = (("a", "1"),), (("a", "2"),)
        self.assertEqual(ratio({one: 1.0, two: 2.0}, {one: 4.0}), {one: 0.25})
        self.assertEqual(plus({one: 1.0}, {one: 2.0, two: 3.0}), {one: 3.0})
        self.assertEqual(scale({one: 2.0}, 3), {one: 6.0})
        self.assertEqual(above({one: 1.0, two: 2.0}, 1.0), {two: 2.0})
        self.assertEqual(below({one: 1.0, two: 2.0}, 2.0), {one: 1.0})
        self.assertTrue(math.isnan(ratio({one: 0.0}, {one: 0.0})[one]))

    def test_quantiles(self):
        buckets = {(("le", "1.0"), ("x", "1")): 5.0, (("le", "inf"), ("x", "1")): 5.0}
        self.assertEqual(quantiles(0.5, buckets), {(("x", "1"),): 0.5})

if __name__ == "__main__":
    unittest.main()
