/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* constant.c -- two stacks, operators and values; casts are skipped. No recursion. */
#include "record/constant.h"

#include <string.h>

enum { STACK_MAX = 64 };

enum precedence { PAREN = 0, BIT_OR, BIT_XOR, BIT_AND, SHIFT, SUM, PRODUCT, UNARY };

struct operation {
	char sign; /* first character of the operator */
	enum precedence precedence;
};

struct machine {
	struct span in;
	struct operation operations[STACK_MAX];
	uint64_t values[STACK_MAX];
	unsigned operation_count;
	unsigned value_count;
};

static bool push_operation(struct machine *m, char sign, enum precedence precedence)
{
	if (m->operation_count == STACK_MAX)
		return false;
	m->operations[m->operation_count++] = (struct operation){sign, precedence};
	return true;
}

static bool push_value(struct machine *m, uint64_t value)
{
	if (m->value_count == STACK_MAX)
		return false;
	m->values[m->value_count++] = value;
	return true;
}

static uint64_t compute(char sign, uint64_t a, uint64_t b)
{
	switch (sign) {
	case '|':
		return a | b;
	case '^':
		return a ^ b;
	case '&':
		return a & b;
	case '<':
		return b < 64 ? a << b : 0;
	case '>':
		return b < 64 ? a >> b : 0;
	case '+':
		return a + b;
	case '-':
		return a - b;
	default:
		return a * b;
	}
}

/* Carry out the topmost operation. */
static bool reduce(struct machine *m)
{
	struct operation top = m->operations[--m->operation_count];
	uint64_t *values = m->values;

	if (top.precedence == UNARY) {
		uint64_t *value = &values[m->value_count - 1];

		*value = top.sign == '~' ? ~*value : 0 - *value;
		return true;
	}
	if (m->value_count < 2)
		return false;
	m->value_count--;
	values[m->value_count - 1] = compute(top.sign, values[m->value_count - 1],
					     values[m->value_count]);
	return true;
}

/* Carry out what binds at least as closely as `precedence`. */
static bool reduce_down_to(struct machine *m, enum precedence precedence)
{
	while (m->operation_count > 0 &&
	       m->operations[m->operation_count - 1].precedence >= precedence)
		if (!reduce(m))
			return false;
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* "12", "0x1fUL", "017". */
static bool take_literal(struct span *in, uint64_t *out)
{
	struct span word = span_take_word(in);
	uint64_t value = 0;
	unsigned base = 10;

	if (span_skip(&word, "0x") || span_skip(&word, "0X"))
		base = 16;
	else if (word.p < word.end && *word.p == '0')
		base = 8;
	if (word.p == word.end || digit_value(*word.p) >= (int)base)
		return false;
	for (; word.p < word.end && digit_value(*word.p) < (int)base; word.p++)
		value = value * base + (uint64_t)digit_value(*word.p);
	for (; word.p < word.end; word.p++)
		if (!strchr("uUlL", *word.p))
			return false;
	*out = value;
	return true;
}

/* Take all up to and including one number. */
static bool take_operand(struct machine *m)
{
	for (;;) {
		uint64_t value;
		char c;

		m->in = span_trim(m->in);
		if (m->in.p == m->in.end)
			return false;
		c = *m->in.p;
		if (c >= '0' && c <= '9')
			return take_literal(&m->in, &value) && push_value(m, value);
		if (span_skip_cast(&m->in))
			continue;
		if (c != '(' && c != '-' && c != '~')
			return false;
		m->in.p++;
		if (!push_operation(m, c, c == '(' ? PAREN : UNARY))
			return false;
	}
}

/* Close what ends here. */
static bool take_closing(struct machine *m)
{
	for (;;) {
		m->in = span_trim(m->in);
		if (!span_skip(&m->in, ")"))
			return true;
		if (!reduce_down_to(m, BIT_OR) || m->operation_count == 0)
			return false;
		m->operation_count--; /* the parenthesis */
	}
}

static bool take_operator(struct machine *m)
{
	static const struct {
		char text[3];
		enum precedence precedence;
	} known[] = {
		{"<<", SHIFT},  {">>", SHIFT}, {"|", BIT_OR}, {"^", BIT_XOR},
		{"&", BIT_AND}, {"+", SUM},    {"-", SUM},    {"*", PRODUCT},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_skip(&m->in, known[i].text))
			return reduce_down_to(m, known[i].precedence) &&
			       push_operation(m, known[i].text[0], known[i].precedence);
	return false;
}

bool constant_value(struct span text, int64_t *out)
{
	struct machine m = {.in = text};

	do {
		if (!take_operand(&m) || !take_closing(&m))
			return false;
	} while (m.in.p < m.in.end && take_operator(&m));
	if (m.in.p < m.in.end || !reduce_down_to(&m, BIT_OR) || m.operation_count > 0)
		return false;
	*out = (int64_t)m.values[0];
	return true;
}
