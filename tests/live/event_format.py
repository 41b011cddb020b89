# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""event_format.py -- what the kernel says about a tracepoint in its format file: how a raw entry is
taken apart, and how `perf script` prints it. Knows nothing of tcptape.
"""
import ipaddress
import re
import struct

TRACEFS = "/sys/kernel/tracing/events"

# Where libtraceevent (1.7 and before), and with it perf script, prints other than the kernel does:
# constants without a number in the format file count as 0, comparisons are unsigned, and %c is
# shown as ">c<". The raw values are compared all the same.
QUIRKS = ("constants", "unsigned", "characters")

# include/net/tcp_states.h. Some print formats name these without their numbers.
TCP_STATES = {name: i + 1 for i, name in enumerate(
    "TCP_ESTABLISHED TCP_SYN_SENT TCP_SYN_RECV TCP_FIN_WAIT1 TCP_FIN_WAIT2 TCP_TIME_WAIT TCP_CLOSE "
    "TCP_CLOSE_WAIT TCP_LAST_ACK TCP_LISTEN TCP_CLOSING TCP_NEW_SYN_RECV".split())}


class Field:
    """A member of the raw entry. kind: int, ints, text, dynamic, ipv4, ipv6, sockaddr, bytes."""

    def __init__(self, line):
        m = re.match(r"\s*field:(.*?);\s*offset:(\d+);\s*size:(\d+);\s*signed:(\d);", line)
        declared, self.offset, self.size, self.signed = m[1], int(m[2]), int(m[3]), m[4] == "1"
        m = re.match(r"(.*?)\s*\b(\w+)(\[\w*\])?$", declared)
        self.type, self.name, self.array = m[1], m[2], m[3]
        self.kind = "ints" if self.array else "int"
        if self.type.startswith("__data_loc"):
            self.kind = "dynamic"
        elif self.array and re.search(r"\bchar\b", self.type):
            self.kind = "text"

    def integer(self, raw, at, size):
        return int.from_bytes(raw[at:at + size], "little", signed=self.signed)

    def value(self, raw):
        data = raw[self.offset:self.offset + self.size]
        if self.kind == "dynamic":
            where, = struct.unpack("<I", data)
            data = raw[where & 0xffff:(where & 0xffff) + (where >> 16)]
            return data.split(b"\0")[0].decode()
        if self.kind == "text":
            return data.split(b"\0")[0].decode()
        if self.kind == "ipv4":
            return ipaddress.IPv4Address(data)
        if self.kind == "ipv6":
            return ipaddress.IPv6Address(data)
        if self.kind == "sockaddr":
            return sockaddr(data)
        if self.kind == "ints":
            size = {"long": 8, "unsigned long": 8, "__u8": 1, "u8": 1}.get(self.type, 4)
            return [self.integer(raw, self.offset + i, size) for i in range(0, self.size, size)]
        return self.integer(raw, self.offset, self.size)


def sockaddr(data):
    """(address, port), or None when the family says nothing."""
    family, port = struct.unpack_from("<H", data)[0], struct.unpack_from(">H", data, 2)[0]
    if family == 2:
        return ipaddress.IPv4Address(data[4:8]), port
    if family == 10:
        return ipaddress.IPv6Address(data[8:24]), port
    return None


class EventFormat:
    def __init__(self, name):
        self.name = name
        with open(f"{TRACEFS}/{name.replace(':', '/')}/format") as f:
            text = f.read()
        self.id = int(re.search(r"^ID: (\d+)", text, re.M)[1])
        self.fields = [Field(line) for line in text.splitlines() if line.startswith("\tfield:")]
        self.fields = [f for f in self.fields if not f.name.startswith("common_")]
        self.print_fmt = text[text.index("print fmt: ") + len("print fmt: "):].strip()
        self.template, self.args = split_print_fmt(self.print_fmt)
        self.conversions = conversions(self.template)
        if len(self.conversions) != len(self.args):
            raise ValueError(f"{name}: {len(self.conversions)} conversions, {len(self.args)} arguments")
        by_name = {f.name: f for f in self.fields}
        for conversion, arg in zip(self.conversions, self.args):
            m = re.fullmatch(r"REC->(\w+)", arg)
            kind = {"%pI4": "ipv4", "%pI6c": "ipv6", "%pI6": "ipv6", "%pISpc": "sockaddr"}.get(conversion)
            if m and kind:
                by_name[m[1]].kind = kind

    def names(self, field):
        """{name: number} of the symbols with which the kernel prints that field."""
        for call in re.findall(r"__print_symbolic\(REC->%s, (.*?)\)(?:,|$| :)" % field, self.print_fmt):
            return {name: TCP_STATES[value] if value in TCP_STATES else int(value, 0)
                    for value, name in re.findall(r'\{ (\w+), "([^"]*)" \}', call)}
        return {}

    def symbolic(self):
        """[(field, conversion)] of code locations"""
        return [(field_of(a), c) for c, a in zip(self.conversions, self.args) if c in ("%pS", "%ps")]

    def values(self, raw):
        return {f.name: f.value(raw) for f in self.fields}

    def text(self, values, symbols, quirks):
        """What perf script prints; `symbols` has the names of code locations by field."""
        pieces = re.split(CONVERSION, self.template)
        out = [pieces[0].replace("%%", "%")]
        for conversion, arg, rest in zip(self.conversions, self.args, pieces[1:]):
            out.append(render(conversion, arg, values, symbols, quirks))
            out.append(rest.replace("%%", "%"))
        return "".join(out)


CONVERSION = r"%(?!%)(?:p(?:ISpc|I6c?|I4|S|s)?|[#0-9.-]*(?:hh|h|ll|l|z)?[a-zA-Z])"


def conversions(template):
    return re.findall(CONVERSION, template)


def split_print_fmt(text):
    """'"a=%d", REC->a' -> ('a=%d', ['REC->a'])"""
    end = re.match(r'"((?:[^"\\]|\\.)*)"', text).end()
    parts, depth, quoted, start = [], 0, False, end
    for i in range(end, len(text)):
        c = text[i]
        if c == '"' and text[i - 1] != "\\":
            quoted = not quoted
        elif not quoted and c in "({[":
            depth += 1
        elif not quoted and c in ")}]":
            depth -= 1
        elif not quoted and c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return text[1:end - 1], [p.strip() for p in parts if p.strip()]


def field_of(arg):
    return re.search(r"REC->(\w+)", arg)[1]


def evaluate(arg, values, quirks):
    """The C expressions that print formats are made of, turned into Python."""
    if re.fullmatch(r"\([^()]*\)", arg):
        arg = arg[1:-1]
    if arg.startswith("__print_symbolic("):
        expr, _, table = arg[len("__print_symbolic("):-1].partition(", ")
        return symbol(evaluate(expr, values, quirks), table, quirks)
    m = re.fullmatch(r"(.*?) \? (__print_symbolic\(.*\)|'.'|REC->\w+|\(.*\)) : (.*)", arg)
    if m:
        return evaluate(m[2] if evaluate(m[1], values, quirks) else m[3], values, quirks)
    if re.fullmatch(r'"[^"]*"|\'.\'', arg):
        return arg[1:-1]
    m = re.fullmatch(r"__get_str\((\w+)\)", arg)
    if m:
        return values[m[1]]
    # What is left is arithmetic on fields.
    expr = re.sub(r"\((?:void \*|unsigned \w+|int|long)\)", "", arg)
    expr = re.sub(r"!(?!=)", " not ", expr).strip()
    if not re.fullmatch(r"(?:REC->\w+|\d+|not|[\[\]()&|<>=+* -])+", expr):
        raise ValueError(f"cannot evaluate {arg}")
    if re.search("[<>]", expr.replace("->", "")) and "unsigned" in quirks:
        values = {k: v & (1 << 64) - 1 if isinstance(v, int) else v for k, v in values.items()}
    return eval(re.sub(r"REC->(\w+)", r"values['\1']", expr), {"values": values})


def symbol(number, table, quirks):
    for value, name in re.findall(r'\{ (\w+), "([^"]*)" \}', table):
        known = {} if "constants" in quirks else TCP_STATES
        if (int(value, 0) if value[0].isdigit() else known.get(value, 0)) == number:
            return name
    return f"{number & 0xffffffffffffffff:#x}"


def render(conversion, arg, values, symbols, quirks):
    if conversion in ("%pS", "%ps"):
        return symbols[field_of(arg)]
    if conversion == "%c" and "characters" in quirks:
        return ">c<"
    value = evaluate(arg, values, quirks)
    if conversion == "%p":
        return f"{value:#x}" if value else "(nil)"
    if conversion in ("%pI4", "%s", "%c"):
        return str(value)
    if conversion == "%pI6c":
        return ipv6_text(value)
    if conversion == "%pISpc":
        address, port = value
        return f"{address}:{port}" if address.version == 4 else f"[{ipv6_text(address)}]:{port}"
    if conversion[-1] in "xX":
        return ("0x" if "#" in conversion and value else "") + f"{value & 0xffffffffffffffff:x}"
    return str(int(value))


def ipv6_text(address):
    mapped = address.ipv4_mapped
    return f"::ffff:{mapped}" if mapped else str(address)
