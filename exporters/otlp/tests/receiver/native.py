"""Reads native histograms from an exposition in protobuf, by the definition of their messages.

Source: `io/prometheus/client/metrics.proto` of Prometheus' client model.
"""

import collections
import struct

Histogram = collections.namedtuple("Histogram", "scale zero threshold at")


def _varint(data, at):
    result = shift = 0
    while True:
        byte = data[at]
        result |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return result, at


def _fields(data):
    """Every field's number and value: an integer, or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            content, at = _varint(data, at)
        elif kind == 1:
            content, at = data[at:at + 8], at + 8
        elif kind == 2:
            length, at = _varint(data, at)
            content, at = data[at:at + length], at + length
        else:
            raise ValueError(f"field {key >> 3} of kind {kind}")
        yield key >> 3, content


def _signed(number):
    return (number >> 1) ^ -(number & 1)


def _buckets(spans, deltas):
    counts, key, count, place = {}, 0, 0, 0
    for offset, length in spans:
        key += offset
        for _ in range(length):
            count += deltas[place]
            place += 1
            if count:
                counts[key] = count
            key += 1
    assert place == len(deltas)
    return counts


def _packed(content):
    if isinstance(content, int):
        return [content]
    numbers, at = [], 0
    while at < len(content):
        number, at = _varint(content, at)
        numbers.append(number)
    return numbers


def _span(content):
    fields = dict(_fields(content))
    return _signed(fields.get(1, 0)), fields.get(2, 0)


def _histogram(content):
    schema, threshold, zero = None, 0.0, 0
    spans, deltas = {9: [], 12: []}, {10: [], 13: []}
    for number, value in _fields(content):
        if number == 5:
            schema = _signed(value)
        elif number == 6:
            (threshold,) = struct.unpack("<d", value)
        elif number == 7:
            zero = value
        elif number in spans:
            spans[number].append(_span(value))
        elif number in deltas:
            deltas[number] += [_signed(delta) for delta in _packed(value)]
    if schema is None:
        return None
    sides = [_buckets(spans[12], deltas[13]), _buckets(spans[9], deltas[10])]

    def at(scale):
        result = sides
        for _ in range(schema - scale):
            halved = []
            for side in result:
                new = collections.Counter()
                for key, count in side.items():
                    new[-(-key // 2)] += count
                halved.append(dict(new))
            result = halved
        return result

    return Histogram(schema, zero, threshold, at)


def histograms(exposition):
    """The native histograms, by name and labels."""
    found, at = {}, 0
    while at < len(exposition):
        length, at = _varint(exposition, at)
        name, metrics = "", []
        for number, value in _fields(exposition[at:at + length]):
            if number == 1:
                name = value.decode()
            elif number == 4:
                metrics.append(value)
        at += length
        for metric in metrics:
            labels, histogram = set(), None
            for number, value in _fields(metric):
                if number == 1:
                    pair = dict(_fields(value))
                    labels.add((pair[1].decode(), pair.get(2, b"").decode()))
                elif number == 7:
                    histogram = _histogram(value)
            if histogram:
                found[name, frozenset(labels)] = histogram
    return found
