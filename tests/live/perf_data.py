# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""perf_data.py -- the tracepoint samples of a perf.data file as the kernel wrote them.

Reads the file layout of tools/perf/Documentation/perf.data-file-format.txt and nothing of
tcptape, so that it can be held against it. Uncompressed files of this machine only.
"""
import struct

# perf_event_sample_format, in the order in which a sample holds them.
IP, TID, TIME, ADDR, READ, CALLCHAIN, ID, CPU, PERIOD, STREAM_ID, RAW = (1 << i for i in range(11))
IDENTIFIER = 1 << 16
UNDERSTOOD = IP | TID | TIME | ADDR | ID | CPU | PERIOD | STREAM_ID | RAW | IDENTIFIER

RECORD_LOST, RECORD_COMM, RECORD_SAMPLE, RECORD_LOST_SAMPLES = 2, 3, 9, 13
TYPE_TRACEPOINT = 2


class Sample:
    """One tracepoint hit; `raw` begins with the common fields."""
    __slots__ = ("event_id", "pid", "tid", "cpu", "time_ns", "raw")


def attributes(data):
    """{sample id: (sample_type, tracepoint number)}"""
    magic, _, attr_size = struct.unpack_from("<8sQQ", data)
    if magic != b"PERFILE2":
        raise ValueError("not a perf.data file")
    at, size = struct.unpack_from("<QQ", data, 24)
    found = {}
    for entry in range(at, at + size, attr_size):
        kind, _, config, _, sample_type = struct.unpack_from("<IIQQQ", data, entry)
        ids_at, ids_size = struct.unpack_from("<QQ", data, entry + attr_size - 16)
        if kind != TYPE_TRACEPOINT:
            continue
        if sample_type & ~UNDERSTOOD or not sample_type & IDENTIFIER:
            raise ValueError(f"sample type {sample_type:#x}")
        for (number,) in struct.iter_unpack("<Q", data[ids_at:ids_at + ids_size]):
            found[number] = (sample_type, config)
    return found


def parse_sample(data, at, known):
    sample = Sample()
    number, = struct.unpack_from("<Q", data, at)
    if number not in known:
        return None
    kind, sample.event_id = known[number]
    at += 8 + (8 if kind & IP else 0)
    if kind & TID:
        sample.pid, sample.tid = struct.unpack_from("<II", data, at)
        at += 8
    if kind & TIME:
        sample.time_ns, = struct.unpack_from("<Q", data, at)
        at += 8
    at += 8 * sum(1 for bit in (ADDR, ID, STREAM_ID) if kind & bit)
    if kind & CPU:
        sample.cpu, = struct.unpack_from("<I", data, at)
        at += 8
    at += 8 if kind & PERIOD else 0
    size, = struct.unpack_from("<I", data, at)
    sample.raw = data[at + 4:at + 4 + size]
    return sample


def read(path):
    """(samples in time order, number of samples that perf says it lost)"""
    with open(path, "rb") as f:
        data = f.read()
    known = attributes(data)
    at, size = struct.unpack_from("<QQ", data, 40)
    end, samples, lost = at + size, [], 0
    while at < end:
        kind, _, length = struct.unpack_from("<IHH", data, at)
        if length < 8 or at + length > end:
            raise ValueError(f"a record of {length} bytes at {at}")
        if kind == RECORD_SAMPLE:
            sample = parse_sample(data, at + 8, known)
            if sample:
                samples.append(sample)
        elif kind == RECORD_LOST:
            lost += struct.unpack_from("<Q", data, at + 16)[0]
        elif kind == RECORD_LOST_SAMPLES:
            lost += struct.unpack_from("<Q", data, at + 8)[0]
        at += length
    samples.sort(key=lambda s: s.time_ns)
    return samples, lost
