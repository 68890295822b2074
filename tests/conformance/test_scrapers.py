"""What is captured from scrapers is held against the corpus."""

import unittest

from process import Failure
from scrapers import check, configurations, corpus

CORPUS = "# scraper\tversions\n" + "\t".join(("a", "1", "default", "read", "text/plain", "gzip", "a/1", "10", "")) + "\n" \
    + "\t".join(("a", "2", "default", "read", "*/*", "-", "a/2", "-", "")) + "\n"


class Head(dict):
    def __missing__(self, _):
        return None


class Scrapers(unittest.TestCase):
    def test_corpus(self):
        self.assertEqual(corpus(CORPUS), {"a": {("text/plain", "gzip"), ("*/*", None)}})

    def test_what_is_not_known_is_found(self):
        known = corpus(CORPUS)
        good = Head({"Accept": "*/*", "User-Agent": "a/2"})
        check(known, "a", "default", [good])
        with self.assertRaisesRegex(Failure, "is not in exporters/endpoint/tests/exporter/scrapers.tsv"):
            check(known, "a", "default", [good, Head({**good, "Accept-Encoding": "gzip"})])
        with self.assertRaises(Failure):
            check(known, "b", "default", [good])

    def test_configurations(self):
        self.assertEqual(len(list(configurations((2, 42)))), 2)
        (_, _, settings) = list(configurations((3, 14)))[1]
        self.assertEqual(settings, ["scrape_native_histograms: true"])


if __name__ == "__main__":
    unittest.main()
