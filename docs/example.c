/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * example.c -- every state change of the sockets on a tape.
 *
 *	cc example.c $(pkg-config --cflags --libs libtcptape) && ./a.out hello.tape
 */
#include <inttypes.h>
#include <stdio.h>
#include <tcptape.h>

enum { FIELDS = 6 };

struct wanted {
	uint64_t schema; /* handles; 0 = not known */
	uint64_t fields[FIELDS];
};

static void look_up(const struct tcptape *t, struct wanted *w)
{
	static const char *const names[FIELDS] = {"saddr_v6", "sport",    "daddr_v6",
						  "dport",    "oldstate", "newstate"};

	w->schema = tcptape_schema_find(t, "sock", "inet_sock_set_state");
	for (int i = 0; i < FIELDS; i++)
		w->fields[i] = tcptape_field_find(t, w->schema, names[i]);
}

static void print_event(struct tcptape *t, const struct wanted *w)
{
	char text[FIELDS][64];

	for (int i = 0; i < FIELDS; i++)
		if (tcptape_value_text(t, w->fields[i], text[i], sizeof(text[i])) < 0)
			snprintf(text[i], sizeof(text[i]), "?"); /* null */
	printf("%" PRIu64 " [%s]:%s [%s]:%s %s -> %s\n", tcptape_event_ns(t), text[0], text[1],
	       text[2], text[3], text[4], text[5]);
}

int main(int argc, char **argv)
{
	struct wanted wanted = {0};
	struct tcptape_error err;
	struct tcptape *t;
	int kind = tcptape_open(argc > 1 ? argv[1] : "-", &t, &err);

	if (kind == 0) {
		while ((kind = tcptape_next(t, &err)) > 0)
			if (kind == TCPTAPE_NAMES)
				look_up(t, &wanted);
			else if (kind == TCPTAPE_EVENT && tcptape_event_schema(t) == wanted.schema)
				print_event(t, &wanted);
		if (kind == 0 && !tcptape_health_now(t)->is_complete)
			fprintf(stderr, "not complete: %s\n", tcptape_health_now(t)->first_problem);
		tcptape_close(t);
	}
	if (kind < 0)
		fprintf(stderr, "%s\n", err.text);
	return kind < 0;
}
