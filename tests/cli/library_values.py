#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""library_values.py LIBRARY TAPE: reads `tcptape replay -f json TAPE` from standard input and the tape through
the shared library, and tells where events, fields or values differ.

Nothing here knows the C headers: numbers of kinds and flags are the binary interface.
"""
import ctypes
import itertools
import json
import sys

EVENT, EXTRA, ROOM = 2, 2, 70000
lib = ctypes.CDLL(sys.argv[1])
HANDLE, POINTER = ctypes.c_uint64, ctypes.c_void_p


def declare(name, result, *arguments):
    function = getattr(lib, "tcptape_" + name)
    function.restype, function.argtypes = result, arguments
    return function


open_tape = declare("open", ctypes.c_int, ctypes.c_char_p, ctypes.POINTER(POINTER), POINTER)
close = declare("close", None, POINTER)
next_item = declare("next", ctypes.c_int, POINTER, POINTER)
event_ns = declare("event_ns", HANDLE, POINTER)
event_cpu = declare("event_cpu", ctypes.c_uint32, POINTER)
event_schema = declare("event_schema", HANDLE, POINTER)
schema_group = declare("schema_group", ctypes.c_char_p, POINTER, HANDLE)
schema_name = declare("schema_name", ctypes.c_char_p, POINTER, HANDLE)
schema_fields = declare("schema_fields", ctypes.c_uint, POINTER, HANDLE)
field_at = declare("field_at", HANDLE, POINTER, HANDLE, ctypes.c_uint)
field_name = declare("field_name", ctypes.c_char_p, POINTER, HANDLE)
field_flags = declare("field_flags", ctypes.c_uint, POINTER, HANDLE)
value_text = declare("value_text", ctypes.c_int, POINTER, HANDLE, ctypes.c_char_p, ctypes.c_size_t)


def told():
    """Events as the library tells them."""
    tape, buffer = POINTER(), ctypes.create_string_buffer(ROOM)
    if open_tape(sys.argv[2].encode(), ctypes.byref(tape), None):
        return
    while (kind := next_item(tape, None)) > 0:
        if kind != EVENT:
            continue
        schema = event_schema(tape)
        event = {"ts_ns": event_ns(tape), "cpu": event_cpu(tape), "fields": {}, "extra": {}}
        event["event"] = (schema_group(tape, schema) + b":" + schema_name(tape, schema)).decode()
        for i in range(schema_fields(tape, schema)):
            field = field_at(tape, schema, i)
            length = value_text(tape, field, buffer, ROOM)
            part = "extra" if field_flags(tape, field) & EXTRA else "fields"
            event[part][field_name(tape, field).decode()] = None if length < 0 else buffer.raw[:length].decode()
        yield event
    close(tape)


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    return value if value is None or isinstance(value, str) else str(value)


events = values = 0
for ours, theirs in itertools.zip_longest(map(json.loads, sys.stdin), told()):
    if not ours or not theirs:
        sys.exit(f"after {events} events: {ours or theirs} has no counterpart")
    expected = {key: ours[key] for key in ("ts_ns", "cpu", "event")}
    for part in ("fields", "extra"):
        expected[part] = {name: text(value) for name, value in ours[part].items()}
    if expected != theirs:
        sys.exit(f"event {events}:\n{expected}\n{theirs}")
    events += 1
    values += len(theirs["fields"]) + len(theirs["extra"])
print(events, "events,", values, "values")
