/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * catalog.h -- which events are recorded, and how: by a typed program, by the generic
 * one, or not at all and why. Then their schemas and recipes.
 *
 * Order of use: catalog_open, catalog_fall_back for each typed program the kernel
 * refuses, catalog_register (again for another writer), and for reading as long as it lives. Not
 * thread-safe.
 */
#ifndef RECORD_CATALOG_H
#define RECORD_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/btf_enums.h"
#include "record/names.h"
#include "record/recipe.h"
#include "record/substitute.h"
#include "record/tracefs.h"
#include "record/typed.h"

enum way {
	WAY_TYPED = 1,
	WAY_GENERIC,
	WAY_NONE, /* unavailable: see `reason` */
};

struct catalog_event {
	char *full_name; /* "tcp:tcp_probe"; owned */
	char *group;     /* owned */
	const char *name;
	uint8_t way;                         /* enum way */
	bool has_stack;                      /* its records carry the kernel's stack */
	uint16_t number;                     /* in wire records; 0 = none */
	const struct typed_event *typed;     /* or NULL; also of a generic stand-in */
	const struct substitute *substitute; /* the recorder makes it, or NULL */
	struct tracefmt *format;             /* NULL without a format file; owned */
	char *text;                          /* of the format file; owned */
	struct recipe recipe;                /* after catalog_register() */
	struct generic_layout layout;        /* WAY_GENERIC, after catalog_register() */
	char reason[160]; /* why it is not typed, or not recorded, or how it is made */
};

struct catalog; /* opaque */

/* What the kernel has to offer; both lent while the catalog lives. `tracefs` may be
 * NULL: only typed events with the table's own fields then. */
struct catalog_kernel {
	const struct tracefs *tracefs;
	const struct btf_enums *btf;
};

/* Add the "group:name" of every event that could be recorded to *out, sorted. */
int catalog_names(const struct catalog_kernel *k, struct name_list *out, struct error *err);
/* Choose by globs. 0 and *out, ERR_USAGE when a glob of the user's matches nothing,
 * ERR_NOMEM, ERR_IO. */
int catalog_open(const struct catalog_kernel *k, const struct name_list *globs,
		 struct catalog **out, struct error *err);
/* NULL is fine. */
void catalog_close(struct catalog *c);

/* In the order of their names. Lent. */
size_t catalog_count(const struct catalog *c);
struct catalog_event *catalog_at(const struct catalog *c, size_t index);
/* The event that sends records with this number, or NULL. */
const struct catalog_event *catalog_find(const struct catalog *c, uint16_t number);
/* One past the highest number. */
uint16_t catalog_end(const struct catalog *c);

/* Choose which of the events carry stacks; before catalog_register(). ERR_USAGE when a
 * glob matches none of them. */
int catalog_choose_stacks(struct catalog *c, const struct name_list *globs, struct error *err);
bool catalog_has_stacks(const struct catalog *c);
/* A typed program cannot be used: the generic one stands in, if there is a format file. */
void catalog_fall_back(struct catalog *c, struct catalog_event *e, const char *reason);
/* The event cannot be recorded after all. */
void catalog_drop(struct catalog_event *e, const char *reason);
/* It is recorded in another way than usual, or not at all: `reason` says how or why. */
bool catalog_needs_a_word(const struct catalog_event *e);
/* Make dictionaries, enumerations, schemas and recipes. Those of a former writer are gone. */
int catalog_register(struct catalog *c, struct writer *w, struct error *err);
/* Write a fact for every event that is unavailable, recorded by a stand-in or a substitute. */
int catalog_facts(const struct catalog *c, struct writer *w, struct error *err);
/* Schema ids of the dictionaries, by enum dictionary; after catalog_register(). */
const uint32_t *catalog_dictionaries(const struct catalog *c);
/* How to record the sockets that exist at the start; after catalog_register(). */
const struct recipe *catalog_snapshot(const struct catalog *c);

#endif
