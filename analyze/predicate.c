/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * predicate.c -- recursive descent into an array of nodes; how deep parentheses go and how
 * many nodes there are is limited, so evaluation may recurse.
 */
#include "analyze/predicate.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/arena.h"
#include "analyze/cell_order.h"
#include "analyze/literal.h"

enum node_kind { NODE_TEST, NODE_NOT, NODE_AND, NODE_OR };

struct node {
	enum node_kind kind;
	unsigned left, right; /* nodes; NOT has only left */
	/* NODE_TEST: */
	enum comparison op;
	unsigned name;
	bool has_other; /* compared with other, if that is a name after all */
	unsigned other;
	bool is_quoted;
	struct literal as_written, literal; /* literal: in the unit of the column */
	bool is_relative;                   /* to the origin of time */
};

struct name {
	const char *text;
	bool is_needed; /* stands on the left */
	bool is_known;
};

struct predicate {
	char *text; /* owned */
	struct arena words;
	struct name names[PREDICATE_NAMES];
	size_t name_count;
	struct node nodes[PREDICATE_NODES];
	size_t node_count;
	unsigned root;
};

/* ---- tokens ---- */

enum token_kind {
	TOKEN_END,
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_NOT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMPARE,
	TOKEN_WORD,
	TOKEN_QUOTED,
	TOKEN_BAD,
};

struct token {
	enum token_kind kind;
	enum comparison op;
	const char *text; /* of words, in the arena */
	const char *at;   /* where it begins */
};

struct parser {
	struct predicate *p;
	const char *next;
	struct token token; /* the next one */
	int depth;
	bool is_starved;
	struct error *err;
};

static const struct {
	const char *text;
	enum token_kind kind;
	enum comparison op;
} signs[] = {
	/* the longer before those they begin with */
	{"||", TOKEN_OR, COMPARE_NONE},
	{"&&", TOKEN_AND, COMPARE_NONE},
	{"==", TOKEN_COMPARE, COMPARE_EQUAL},
	{"=~", TOKEN_COMPARE, COMPARE_LIKE},
	{"!=", TOKEN_COMPARE, COMPARE_UNEQUAL},
	{"!~", TOKEN_COMPARE, COMPARE_UNLIKE},
	{"<=", TOKEN_COMPARE, COMPARE_LESS_EQUAL},
	{">=", TOKEN_COMPARE, COMPARE_GREATER_EQUAL},
	{"=", TOKEN_COMPARE, COMPARE_EQUAL},
	{"<", TOKEN_COMPARE, COMPARE_LESS},
	{">", TOKEN_COMPARE, COMPARE_GREATER},
	{"~", TOKEN_COMPARE, COMPARE_LIKE},
	{"&", TOKEN_COMPARE, COMPARE_BITS},
	{"!", TOKEN_NOT, COMPARE_NONE},
	{"(", TOKEN_OPEN, COMPARE_NONE},
	{")", TOKEN_CLOSE, COMPARE_NONE},
};

static const char blanks[] = " \t\r\n";
static const char no_word[] = " \t\r\n()!<>=~&|'\"";

static const char *keep(struct parser *r, const char *text, size_t len)
{
	char *copy = arena_take(&r->p->words, len + 1);

	if (!copy) {
		r->is_starved = true;
		return "";
	}
	memcpy(copy, text, len);
	return copy;
}

static struct token quoted(struct parser *r, const char *start)
{
	const char *end = strchr(start + 1, *start);

	if (!end)
		return (struct token){.kind = TOKEN_BAD, .at = start};
	r->next = end + 1;
	return (struct token){TOKEN_QUOTED, COMPARE_NONE,
			      keep(r, start + 1, (size_t)(end - start - 1)), start};
}

static struct token word(struct parser *r, const char *start)
{
	size_t len = strcspn(start, no_word);
	struct token t = {TOKEN_WORD, COMPARE_NONE, keep(r, start, len), start};

	if (len == 0)
		return (struct token){.kind = TOKEN_BAD, .at = start};
	r->next = start + len;
	if (strcmp(t.text, "or") == 0)
		t.kind = TOKEN_OR;
	else if (strcmp(t.text, "and") == 0)
		t.kind = TOKEN_AND;
	else if (strcmp(t.text, "not") == 0)
		t.kind = TOKEN_NOT;
	return t;
}

static void advance(struct parser *r)
{
	const char *start = r->next + strspn(r->next, blanks);

	if (*start == '\0') {
		r->next = start;
		r->token = (struct token){.kind = TOKEN_END, .at = start};
		return;
	}
	if (*start == '\'' || *start == '"') {
		r->token = quoted(r, start);
		return;
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t len = strlen(signs[i].text);

		if (strncmp(start, signs[i].text, len) != 0)
			continue;
		r->next = start + len;
		r->token = (struct token){signs[i].kind, signs[i].op, "", start};
		return;
	}
	r->token = word(r, start);
}

/* ---- grammar ---- */

static int refuse(struct parser *r, const char *what)
{
	if (*r->token.at)
		return error_set(r->err, ERR_USAGE, "--where: %s at '%.80s'", what, r->token.at);
	return error_set(r->err, ERR_USAGE, "--where: %s at its end", what);
}

static int add_node(struct parser *r, struct node node, unsigned *out)
{
	if (r->p->node_count == PREDICATE_NODES)
		return refuse(r, "too long");
	*out = (unsigned)r->p->node_count;
	r->p->nodes[r->p->node_count++] = node;
	return 0;
}

static int add_name(struct parser *r, const char *text, bool is_needed, unsigned *out)
{
	struct predicate *p = r->p;
	size_t i = 0;

	while (i < p->name_count && strcmp(p->names[i].text, text) != 0)
		i++;
	if (i == PREDICATE_NAMES)
		return refuse(r, "too many names");
	if (i == p->name_count)
		p->names[p->name_count++] = (struct name){.text = text};
	p->names[i].is_needed |= is_needed;
	*out = (unsigned)i;
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(const struct token *t)
{
	if (t->kind != TOKEN_WORD || !is_letter(t->text[0]) || strcmp(t->text, "null") == 0)
		return false;
	for (const char *p = t->text; *p; p++)
		if (!is_letter(*p) && !(*p >= '0' && *p <= '9') && *p != '.')
			return false;
	return true;
}

static bool has_order(enum comparison op)
{
	return op >= COMPARE_LESS && op <= COMPARE_GREATER_EQUAL;
}

/* What stands on the right, in r->token. */
static int parse_value(struct parser *r, struct node *node)
{
	const struct token *t = &r->token;

	if (t->kind != TOKEN_WORD && t->kind != TOKEN_QUOTED)
		return refuse(r,
			      t->kind == TOKEN_BAD ? "a quote has no end" : "a value is missing");
	node->is_quoted = t->kind == TOKEN_QUOTED;
	node->as_written = literal_of(t->text, node->is_quoted);
	node->literal = node->as_written;
	if (is_name(t)) {
		node->has_other = true;
		TRY(add_name(r, t->text, false, &node->other));
	}
	if (has_order(node->op) && !node->as_written.has_number && !node->has_other)
		return refuse(r, "only numbers have an order, not this");
	advance(r);
	return 0;
}

static int parse_test(struct parser *r, unsigned *out)
{
	struct node node = {.kind = NODE_TEST};

	if (!is_name(&r->token))
		return refuse(r, r->token.kind == TOKEN_BAD ? "a quote has no end"
							    : "a name is missing");
	TRY(add_name(r, r->token.text, true, &node.name));
	advance(r);
	if (r->token.kind == TOKEN_COMPARE) {
		node.op = r->token.op;
		advance(r);
		TRY(parse_value(r, &node));
	}
	return add_node(r, node, out);
}

static int parse_either(struct parser *r, unsigned *out);

static int parse_one(struct parser *r, unsigned *out)
{
	enum token_kind kind = r->token.kind;
	int rc;

	if (kind != TOKEN_NOT && kind != TOKEN_OPEN)
		return parse_test(r, out);
	if (r->depth == PREDICATE_DEPTH)
		return refuse(r, "too deep");
	advance(r);
	r->depth++;
	if (kind == TOKEN_NOT) {
		struct node node = {.kind = NODE_NOT};

		TRY(parse_one(r, &node.left));
		rc = add_node(r, node, out);
	} else {
		TRY(parse_either(r, out));
		if (r->token.kind != TOKEN_CLOSE)
			return refuse(r, "a ) is missing");
		advance(r);
		rc = 0;
	}
	r->depth--;
	return rc;
}

static int parse_both(struct parser *r, unsigned *out)
{
	TRY(parse_one(r, out));
	while (r->token.kind == TOKEN_AND) {
		struct node node = {.kind = NODE_AND, .left = *out};

		advance(r);
		TRY(parse_one(r, &node.right));
		TRY(add_node(r, node, out));
	}
	return 0;
}

static int parse_either(struct parser *r, unsigned *out)
{
	TRY(parse_both(r, out));
	while (r->token.kind == TOKEN_OR) {
		struct node node = {.kind = NODE_OR, .left = *out};

		advance(r);
		TRY(parse_both(r, &node.right));
		TRY(add_node(r, node, out));
	}
	return 0;
}

static int parse(struct parser *r)
{
	advance(r);
	TRY(parse_either(r, &r->p->root));
	if (r->token.kind != TOKEN_END)
		return refuse(r, "&& or || is missing");
	return r->is_starved ? error_nomem(r->err) : 0;
}

int predicate_parse(const char *text, struct predicate **out, struct error *err)
{
	struct predicate *p = calloc(1, sizeof(*p));
	struct parser r = {.p = p, .err = err};
	int rc;

	if (!p)
		return error_nomem(err);
	p->text = malloc(strlen(text) + 1);
	if (!p->text) {
		predicate_free(p);
		return error_nomem(err);
	}
	memcpy(p->text, text, strlen(text) + 1);
	r.next = p->text;
	rc = parse(&r);
	if (rc)
		predicate_free(p);
	else
		*out = p;
	return rc;
}

void predicate_free(struct predicate *p)
{
	if (!p)
		return;
	arena_release(&p->words);
	free(p->text);
	free(p);
}

/* ---- names ---- */

const char *predicate_text(const struct predicate *p)
{
	return p->text;
}

size_t predicate_name_count(const struct predicate *p)
{
	return p->name_count;
}

const char *predicate_name(const struct predicate *p, size_t i)
{
	return p->names[i].text;
}

bool predicate_may_lack(const struct predicate *p, size_t i)
{
	return !p->names[i].is_needed;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Nanoseconds in the unit of a column, 0 when it has none. */
static uint64_t unit_of_time(const struct column *c)
{
	if (c->unit == UNIT_NS || c->unit == UNIT_TIME || ends_with(c->key, "_ns"))
		return 1;
	if (ends_with(c->key, "_us"))
		return 1000;
	return ends_with(c->key, "_ms") ? 1000000 : 0;
}

/* Put the node's literal into the unit of the column. */
static int scale(struct node *n, const struct column *c, struct error *err)
{
	uint64_t ns = unit_of_time(c);

	n->literal = n->as_written;
	n->is_relative = false;
	if (!n->as_written.has_number || n->as_written.unit != UNIT_NS)
		return 0;
	if (!ns)
		return error_set(
			err, ERR_USAGE,
			"--where: %.60s has no unit of time; compare it with a plain number "
			"instead of %.40s",
			c->key, n->as_written.text);
	n->literal.number.size /= ns;
	n->is_relative = c->unit == UNIT_TIME;
	return 0;
}

/* A word that is no name has no order. */
static int check_other(const struct predicate *p, const struct node *n, struct error *err)
{
	if (p->names[n->other].is_known || !has_order(n->op) || n->as_written.has_number)
		return 0;
	return error_set(err, ERR_USAGE, "--where: only numbers have an order, not '%.60s'",
			 n->as_written.text);
}

int predicate_bind(struct predicate *p, size_t i, const struct column *column, struct error *err)
{
	p->names[i].is_known = column != NULL;
	for (size_t k = 0; k < p->node_count; k++) {
		struct node *n = &p->nodes[k];

		if (n->kind != NODE_TEST)
			continue;
		if (column && n->name == i)
			TRY(scale(n, column, err));
		if (n->has_other && n->other == i)
			TRY(check_other(p, n, err));
	}
	return 0;
}

const char *predicate_word(const struct predicate *p, size_t i, size_t *at)
{
	for (; *at < p->node_count; ++*at) {
		const struct node *n = &p->nodes[*at];
		bool is_equality = n->op == COMPARE_EQUAL || n->op == COMPARE_UNEQUAL;

		if (n->kind != NODE_TEST || n->name != i || !is_equality || n->literal.is_null ||
		    n->literal.has_number || (n->has_other && p->names[n->other].is_known))
			continue;
		return p->nodes[(*at)++].literal.text;
	}
	return NULL;
}

/* ---- rows ---- */

static bool test_has(const struct predicate *p, const struct node *n, const struct cell *cells,
		     uint64_t origin_ns)
{
	struct cell cell = cells[n->name];
	bool is_known = cell.kind != CELL_NULL;

	if (n->has_other && p->names[n->other].is_known)
		return is_known && cells[n->other].kind != CELL_NULL &&
		       comparison_has(n->op, cell_order(&cell, &cells[n->other]));
	if (n->is_relative && is_known)
		cell = cell_int((int64_t)((uint64_t)cell.num - origin_ns));
	return literal_fits(&n->literal, n->op, &cell);
}

static bool node_has(const struct predicate *p, unsigned at, const struct cell *cells,
		     uint64_t origin_ns)
{
	const struct node *n = &p->nodes[at];

	switch (n->kind) {
	case NODE_NOT:
		return !node_has(p, n->left, cells, origin_ns);
	case NODE_AND:
		return node_has(p, n->left, cells, origin_ns) &&
		       node_has(p, n->right, cells, origin_ns);
	case NODE_OR:
		return node_has(p, n->left, cells, origin_ns) ||
		       node_has(p, n->right, cells, origin_ns);
	case NODE_TEST:
		break;
	}
	return test_has(p, n, cells, origin_ns);
}

bool predicate_has(const struct predicate *p, const struct cell *cells, uint64_t origin_ns)
{
	return node_has(p, p->root, cells, origin_ns);
}
