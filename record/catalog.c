/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* catalog.c -- which events are recorded, and how. */
#include "record/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/wire.h"
#include "record/legend.h"

struct catalog {
	struct catalog_kernel kernel;
	struct catalog_event *events;
	size_t count, cap;
	struct catalog_event **by_number; /* [number]; WIRE_EVENT_MAX entries */
	uint16_t next_number;
	struct legend *legend;
	uint32_t dictionaries[DICT_COUNT];
	struct recipe snapshot;
};

/* What is recorded without -e; it may be missing. */
static const char *const default_globs[] = {"tcp:*", "sock:*", "skb:*", "net:netif_receive_skb",
					    "tcptape:*"};

static bool is_default(const char *glob)
{
	for (size_t i = 0; i < sizeof(default_globs) / sizeof(default_globs[0]); i++)
		if (strcmp(glob, default_globs[i]) == 0)
			return true;
	return false;
}

/* Tracepoints without a format file, or all typed ones if there is no tracefs. */
static int add_typed_names(const struct catalog_kernel *k, struct name_list *out, struct error *err)
{
	char name[128];

	for (size_t i = 0; i < typed_count(); i++) {
		const struct typed_event *e = &typed_events()[i];

		if (e->number == WIRE_SOCK_SNAPSHOT || (!e->is_bare && k->tracefs))
			continue;
		if (!btf_enums_has_tracepoint(k->btf, typed_tracepoint(e)))
			continue;
		snprintf(name, sizeof(name), "%s:%s", e->group, e->name);
		TRY(name_list_add(out, name, err));
	}
	return 0;
}

/* Events that the kernel does not have and the recorder makes, or would. */
static int add_substitutes(const struct catalog_kernel *k, struct name_list *out, struct error *err)
{
	size_t count = out->count;
	char name[128];

	for (size_t i = 0; i < substitute_count(); i++) {
		const struct substitute *s = &substitutes()[i];
		bool is_there = !substitute_find(k->btf, s->group, s->name);

		snprintf(name, sizeof(name), "%s:%s", s->group, s->name);
		for (size_t n = 0; n < count && !is_there; n++)
			is_there = strcmp(out->names[n], name) == 0;
		if (!is_there)
			TRY(name_list_add(out, name, err));
	}
	return 0;
}

int catalog_names(const struct catalog_kernel *k, struct name_list *out, struct error *err)
{
	if (k->tracefs)
		TRY(tracefs_list(k->tracefs, out, err));
	TRY(add_typed_names(k, out, err));
	TRY(add_substitutes(k, out, err));
	name_list_sort(out);
	return 0;
}

static bool matches_any(const char *glob, const struct name_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (name_matches(glob, names->names[i]))
			return true;
	return false;
}

static int refuse_glob(const char *glob, const struct name_list *names, struct error *err)
{
	const char *near = strpbrk(glob, "*?[") ? NULL : name_list_nearest(names, glob);

	if (near)
		return error_set(err, ERR_USAGE,
				 "no event '%s' in this kernel; did you mean '%s'? --list-events "
				 "shows all",
				 glob, near);
	return error_set(err, ERR_USAGE, "no event matches '%s'; --list-events shows all", glob);
}

static int check_globs(const struct name_list *globs, const struct name_list *names,
		       struct error *err)
{
	for (size_t i = 0; i < globs->count; i++) {
		const char *glob = globs->names[i];

		if (glob[0] == '!' || is_default(glob) || matches_any(glob, names))
			continue;
		return refuse_glob(glob, names, err);
	}
	return 0;
}

/* Numbers after those of the typed programs. */
static bool take_number(struct catalog *c, struct catalog_event *e)
{
	if (c->next_number >= WIRE_EVENT_MAX)
		return false;
	e->number = c->next_number++;
	return true;
}

/* The typed program, if the table and the kernel agree on the event. */
static bool can_be_typed(struct catalog *c, struct catalog_event *e)
{
	if (!e->typed)
		return false;
	if (e->substitute)
		return substitute_is_possible(e->substitute, c->kernel.btf, e->reason,
					      sizeof(e->reason));
	if (!btf_enums_has_tracepoint(c->kernel.btf, typed_tracepoint(e->typed))) {
		snprintf(e->reason, sizeof(e->reason), "%s",
			 btf_enums_trouble(c->kernel.btf)
				 ? "the kernel's BTF cannot be read"
				 : "the kernel's BTF does not describe it");
		return false;
	}
	if (e->typed->is_classic && !e->format)
		return false;
	return !e->format || typed_matches(e->typed, e->format, e->reason, sizeof(e->reason));
}

static void choose_way(struct catalog *c, struct catalog_event *e)
{
	if (can_be_typed(c, e)) {
		e->way = WAY_TYPED;
		e->number = e->typed->number;
	} else if (e->format && !e->substitute && take_number(c, e)) {
		e->way = WAY_GENERIC;
	} else {
		catalog_drop(e, e->reason[0] ? e->reason : "more events than a recording can hold");
	}
}

static int read_format(struct catalog *c, struct catalog_event *e, struct error *err)
{
	struct error why = {0};
	int rc;

	if (!c->kernel.tracefs || (e->typed && e->typed->is_bare))
		return 0;
	rc = tracefs_format(c->kernel.tracefs, e->group, e->name, &e->text, &why);
	if (!rc)
		rc = tracefmt_parse(e->text, strlen(e->text), &e->format, &why);
	if (rc == ERR_NOMEM)
		return error_nomem(err);
	if (rc)
		snprintf(e->reason, sizeof(e->reason), "%.150s", why.text);
	return 0;
}

/* After read_format(): an event that the kernel does not have. */
static int read_substitute(struct catalog *c, struct catalog_event *e, struct error *err)
{
	const struct substitute *s = substitute_find(c->kernel.btf, e->group, e->name);

	if (!s || e->text)
		return 0;
	e->substitute = s;
	e->reason[0] = '\0';
	return tracefmt_parse(s->format, strlen(s->format), &e->format, err);
}

static int add_event(struct catalog *c, const char *full_name, struct error *err)
{
	const char *colon = strchr(full_name, ':');
	void *events = c->events;
	struct catalog_event *e;

	if (!colon)
		return error_set(err, ERR_USAGE, "'%s' is not GROUP:NAME", full_name);
	if (!array_grow(&events, &c->cap, c->count + 1, sizeof(*e)))
		return error_nomem(err);
	c->events = events;
	e = &c->events[c->count++];
	*e = (struct catalog_event){0};
	e->full_name = strdup(full_name);
	e->group = strndup(full_name, (size_t)(colon - full_name));
	if (!e->full_name || !e->group)
		return error_nomem(err);
	e->name = e->full_name + (colon - full_name) + 1;
	e->typed = typed_find(e->group, e->name);
	TRY(read_format(c, e, err));
	TRY(read_substitute(c, e, err));
	choose_way(c, e);
	return 0;
}

static void index_numbers(struct catalog *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->events[i].number)
			c->by_number[c->events[i].number] = &c->events[i];
}

static int choose(struct catalog *c, const struct name_list *globs, struct error *err)
{
	struct name_list names = {0};
	int rc = catalog_names(&c->kernel, &names, err);

	if (!rc)
		rc = check_globs(globs, &names, err);
	for (size_t i = 0; i < names.count && !rc; i++)
		if (name_is_chosen(globs, names.names[i]))
			rc = add_event(c, names.names[i], err);
	name_list_release(&names);
	if (!rc && c->count == 0)
		rc = error_set(err, ERR_USAGE, "no event is left to record; see --list-events");
	return rc;
}

int catalog_open(const struct catalog_kernel *k, const struct name_list *globs,
		 struct catalog **out, struct error *err)
{
	struct catalog *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return error_nomem(err);
	c->kernel = *k;
	c->next_number = WIRE_TYPED_END;
	c->by_number = calloc(WIRE_EVENT_MAX, sizeof(*c->by_number));
	rc = c->by_number ? choose(c, globs, err) : error_nomem(err);
	if (rc) {
		catalog_close(c);
		return rc;
	}
	index_numbers(c);
	*out = c;
	return 0;
}

void catalog_close(struct catalog *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++) {
		free(c->events[i].full_name);
		free(c->events[i].group);
		free(c->events[i].text);
		tracefmt_free(c->events[i].format);
		recipe_release(&c->events[i].recipe);
	}
	recipe_release(&c->snapshot);
	legend_free(c->legend);
	free(c->by_number);
	free(c->events);
	free(c);
}

size_t catalog_count(const struct catalog *c)
{
	return c->count;
}

struct catalog_event *catalog_at(const struct catalog *c, size_t index)
{
	return &c->events[index];
}

const struct catalog_event *catalog_find(const struct catalog *c, uint16_t number)
{
	return number < WIRE_EVENT_MAX ? c->by_number[number] : NULL;
}

uint16_t catalog_end(const struct catalog *c)
{
	return c->next_number;
}

static bool matches_event(const struct catalog *c, const char *glob)
{
	for (size_t i = 0; i < c->count; i++)
		if (name_matches(glob, c->events[i].full_name))
			return true;
	return false;
}

int catalog_choose_stacks(struct catalog *c, const struct name_list *globs, struct error *err)
{
	for (size_t i = 0; i < globs->count; i++)
		if (globs->names[i][0] != '!' && !matches_event(c, globs->names[i]))
			return error_set(err, ERR_USAGE,
					 "--stacks '%.80s' matches none of the events that are "
					 "recorded; -e chooses them, --list-events shows them",
					 globs->names[i]);
	for (size_t i = 0; i < c->count; i++)
		c->events[i].has_stack = name_is_chosen(globs, c->events[i].full_name);
	if (globs->count && !catalog_has_stacks(c))
		return error_set(err, ERR_USAGE,
				 "--stacks leaves no event: '!GLOB' thins out what other globs "
				 "choose");
	return 0;
}

bool catalog_has_stacks(const struct catalog *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->events[i].has_stack)
			return true;
	return false;
}

void catalog_drop(struct catalog_event *e, const char *reason)
{
	e->way = WAY_NONE;
	if (reason != e->reason)
		snprintf(e->reason, sizeof(e->reason), "%.150s", reason);
}

void catalog_fall_back(struct catalog *c, struct catalog_event *e, const char *reason)
{
	snprintf(e->reason, sizeof(e->reason), "%.150s", reason);
	c->by_number[e->number] = NULL;
	e->number = 0;
	e->way = WAY_NONE;
	if (!e->format || e->substitute || !take_number(c, e))
		return;
	c->by_number[e->number] = e;
	e->way = WAY_GENERIC;
}

static int register_event(struct catalog_event *e, const struct recipe_tools *t, struct error *err)
{
	struct error why = {0};
	int rc;

	recipe_release(&e->recipe);
	if (e->way == WAY_TYPED)
		return recipe_typed(t, e->typed, e->format, e->text, &e->recipe, err);
	if (e->way == WAY_NONE)
		return 0;
	rc = recipe_generic(t, e->group, e->typed, e->format, e->text, &e->layout, &e->recipe,
			    &why);
	if (rc == ERR_NOMEM)
		return error_nomem(err);
	if (rc)
		catalog_drop(e, why.text);
	return 0;
}

static int register_with_stack(struct catalog_event *e, const struct recipe_tools *t,
			       struct error *err)
{
	struct recipe_tools own = *t;

	own.has_stack = e->has_stack;
	return register_event(e, &own, err);
}

bool catalog_needs_a_word(const struct catalog_event *e)
{
	return e->way == WAY_NONE || (e->way == WAY_GENERIC && e->typed) || e->substitute;
}

/* "skb:kfree_skb: why" */
static int write_reason(const struct catalog_event *e, struct writer *w, struct error *err)
{
	char text[400];

	if (!catalog_needs_a_word(e))
		return 0;
	snprintf(text, sizeof(text), "%s: %s", e->full_name, e->reason);
	return writer_fact(w, e->way == WAY_NONE ? "unavailable" : "fallback", text, err);
}

int catalog_register(struct catalog *c, struct writer *w, struct error *err)
{
	struct recipe_tools t = {.writer = w, .dictionaries = c->dictionaries};

	legend_free(c->legend);
	c->legend = NULL;
	recipe_release(&c->snapshot);
	TRY(legend_new(w, c->kernel.btf, &c->legend, err));
	t.legend = c->legend;
	TRY(dictionary_register(w, c->legend, catalog_has_stacks(c), c->dictionaries, err));
	for (size_t i = 0; i < c->count; i++)
		TRY(register_with_stack(&c->events[i], &t, err));
	return recipe_typed(&t, typed_find("tcptape", "sock_snapshot"), NULL, NULL, &c->snapshot,
			    err);
}

int catalog_facts(const struct catalog *c, struct writer *w, struct error *err)
{
	for (size_t i = 0; i < c->count; i++)
		TRY(write_reason(&c->events[i], w, err));
	return 0;
}

const uint32_t *catalog_dictionaries(const struct catalog *c)
{
	return c->dictionaries;
}

const struct recipe *catalog_snapshot(const struct catalog *c)
{
	return &c->snapshot;
}
