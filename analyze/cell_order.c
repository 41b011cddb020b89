/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* cell_order.c -- by kind, then by value. */
#include "analyze/cell_order.h"

#include "analyze/literal.h"

static bool is_digit(struct view v)
{
	return v.p < v.end && *v.p >= '0' && *v.p <= '9';
}

static struct view take_number(struct view *v)
{
	struct view digits;

	while (v->p < v->end && *v->p == '0')
		v->p++;
	digits.p = v->p;
	while (is_digit(*v))
		v->p++;
	digits.end = v->p;
	return digits;
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

static int digits_order(struct view a, struct view b)
{
	size_t a_len = view_len(a), b_len = view_len(b);

	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return a_len ? sign(memcmp(a.p, b.p, a_len)) : 0;
}

static int text_order(struct view a, struct view b)
{
	while (a.p < a.end && b.p < b.end) {
		int order;

		if (is_digit(a) && is_digit(b)) {
			order = digits_order(take_number(&a), take_number(&b));
		} else {
			order = sign((int)*a.p - (int)*b.p);
			a.p++;
			b.p++;
		}
		if (order)
			return order;
	}
	return (a.p < a.end) - (b.p < b.end);
}

/* Numbers, then texts, then what has no order, then nothing. */
static int rank(const struct cell *c)
{
	switch (c->kind) {
	case CELL_TEXT:
		return 1;
	case CELL_OBJECT:
	case CELL_LIST:
		return 2;
	case CELL_NULL:
		return 3;
	default:
		return 0;
	}
}

int cell_order(const struct cell *a, const struct cell *b)
{
	bool are_names = a->kind == CELL_NAME && b->kind == CELL_NAME;
	struct number x, y;

	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (a->kind == CELL_TEXT)
		return text_order(a->text, b->text);
	if (are_names && a->num == b->num)
		return text_order(a->text, b->text);
	return cell_number(a, &x) && cell_number(b, &y) ? number_compare(x, y) : 0;
}
