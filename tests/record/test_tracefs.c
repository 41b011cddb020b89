/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/tracefs.h"

enum { PATH_SIZE = 512 };

/* A directory tree that looks like tracefs. */
struct tree {
	char root[64];
	struct tracefs *t;
};

static void make_dir(const struct tree *tree, const char *path)
{
	char full[PATH_SIZE];

	snprintf(full, sizeof(full), "%s/%s", tree->root, path);
	assert_int_equal(mkdir(full, 0700), 0);
}

static void make_file(const struct tree *tree, const char *path, const char *text)
{
	char full[PATH_SIZE];
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", tree->root, path);
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	snprintf(tree->root, sizeof(tree->root), "/tmp/test_tracefs.XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	make_dir(tree, "events");
	make_file(tree, "events/enable", "0\n");
	make_file(tree, "secret", "not an event\n");
	make_dir(tree, "events/tcp");
	make_file(tree, "events/tcp/enable", "0\n");
	make_dir(tree, "events/tcp/tcp_probe");
	make_file(tree, "events/tcp/tcp_probe/format", "name: tcp_probe\n");
	make_file(tree, "events/tcp/tcp_probe/id", "2273\n");
	make_dir(tree, "events/sock");
	make_dir(tree, "events/sock/no_format");
	make_dir(tree, "events/sock/bad_id");
	make_file(tree, "events/sock/bad_id/format", "");
	make_file(tree, "events/sock/bad_id/id", "-1x\n");
	assert_int_equal(tracefs_open_at(tree->root, &tree->t, NULL), OK);
	*state = tree;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	struct tree *tree = *state;

	tracefs_close(tree->t);
	nftw(tree->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(tree);
	return 0;
}

static void tracefs_lists_events_with_a_format_only(void **state)
{
	const struct tree *tree = *state;
	struct name_list l = {0};

	assert_int_equal(tracefs_list(tree->t, &l, NULL), OK);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.names[0], "sock:bad_id");
	assert_string_equal(l.names[1], "tcp:tcp_probe");
	name_list_release(&l);
}

static void tracefs_lists_the_same_twice(void **state)
{
	const struct tree *tree = *state;
	struct name_list l = {0};

	assert_int_equal(tracefs_list(tree->t, &l, NULL), OK);
	assert_int_equal(tracefs_list(tree->t, &l, NULL), OK);
	assert_int_equal(l.count, 2);
	name_list_release(&l);
}

static void tracefs_format_is_verbatim(void **state)
{
	const struct tree *tree = *state;
	char *text = NULL;

	assert_int_equal(tracefs_format(tree->t, "tcp", "tcp_probe", &text, NULL), OK);
	assert_string_equal(text, "name: tcp_probe\n");
	free(text);
	assert_int_equal(tracefs_format(tree->t, "sock", "bad_id", &text, NULL), OK);
	assert_string_equal(text, "");
	free(text);
}

static void tracefs_format_reads_files_of_any_usual_size(void **state)
{
	const struct tree *tree = *state;
	static char long_text[3 * 4096 + 1];
	char *text = NULL;

	memset(long_text, 'x', sizeof(long_text) - 1);
	make_file(tree, "events/tcp/tcp_probe/format", long_text);
	assert_int_equal(tracefs_format(tree->t, "tcp", "tcp_probe", &text, NULL), OK);
	assert_string_equal(text, long_text);
	free(text);
}

static void tracefs_format_refuses_a_file_beyond_the_limit(void **state)
{
	const struct tree *tree = *state;
	char path[PATH_SIZE];
	struct error err = {0};
	char *text = NULL;

	snprintf(path, sizeof(path), "%s/events/tcp/tcp_probe/format", tree->root);
	assert_int_equal(truncate(path, TRACEFS_MAX_FORMAT + 1), 0);
	assert_int_equal(tracefs_format(tree->t, "tcp", "tcp_probe", &text, &err), ERR_CORRUPT);
	assert_null(text);
}

static void tracefs_names_an_event_that_is_not_there(void **state)
{
	const struct tree *tree = *state;
	struct error err = {0};
	char *text = NULL;

	assert_int_equal(tracefs_format(tree->t, "tcp", "nothing", &text, &err), ERR_USAGE);
	assert_string_equal(err.text, "this kernel has no event 'tcp:nothing'");
	assert_int_equal(tracefs_format(tree->t, "nothing", "tcp", &text, &err), ERR_USAGE);
	assert_null(text);
}

static void tracefs_names_cannot_leave_the_events_directory(void **state)
{
	const char *const parts[][2] = {
		{"..", "secret"},  {".", "tcp"},
		{"tcp/..", "tcp"}, {"tcp", "../sock/bad_id"},
		{"tcp", ""},       {"/tmp", "tcp_probe"},
		{"", ""},          {"tcp:x", "tcp_probe"},
	};
	const struct tree *tree = *state;
	char long_name[300] = {0};
	char *text = NULL;
	uint32_t id = 7;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_int_equal(tracefs_format(tree->t, parts[i][0], parts[i][1], &text, NULL),
				 ERR_USAGE);
		assert_int_equal(tracefs_event_id(tree->t, parts[i][0], parts[i][1], &id, NULL),
				 ERR_USAGE);
	}
	memset(long_name, 'a', sizeof(long_name) - 1);
	assert_int_equal(tracefs_format(tree->t, "tcp", long_name, &text, NULL), ERR_USAGE);
	assert_null(text);
	assert_int_equal(id, 7);
}

static void tracefs_does_not_follow_a_link_in_place_of_a_format(void **state)
{
	const struct tree *tree = *state;
	char path[PATH_SIZE], *text = NULL;

	snprintf(path, sizeof(path), "%s/events/sock/no_format/format", tree->root);
	assert_int_equal(symlink("../../../secret", path), 0);
	assert_int_equal(tracefs_format(tree->t, "sock", "no_format", &text, NULL), ERR_IO);
	assert_null(text);
}

static void tracefs_event_id_is_the_number_in_the_file(void **state)
{
	const struct tree *tree = *state;
	uint32_t id = 0;

	assert_int_equal(tracefs_event_id(tree->t, "tcp", "tcp_probe", &id, NULL), OK);
	assert_int_equal(id, 2273);
	assert_int_equal(tracefs_event_id(tree->t, "sock", "bad_id", &id, NULL), ERR_CORRUPT);
	assert_int_equal(id, 2273);
}

static void tracefs_open_at_says_which_directory_is_none(void **state)
{
	const struct tree *tree = *state;
	struct tracefs *t = NULL;
	struct error err = {0};
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/events", tree->root);
	assert_int_equal(tracefs_open_at(path, &t, &err), ERR_KERNEL);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(tracefs_open_at("/nowhere", &t, &err), ERR_KERNEL);
	assert_string_equal(err.text, "cannot open /nowhere: No such file or directory");
	assert_null(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tracefs_lists_events_with_a_format_only),
		TEST(tracefs_lists_the_same_twice),
		TEST(tracefs_format_is_verbatim),
		TEST(tracefs_names_an_event_that_is_not_there),
		TEST(tracefs_names_cannot_leave_the_events_directory),
		TEST(tracefs_does_not_follow_a_link_in_place_of_a_format),
		TEST(tracefs_event_id_is_the_number_in_the_file),
		TEST(tracefs_open_at_says_which_directory_is_none),
		TEST(tracefs_format_reads_files_of_any_usual_size),
		TEST(tracefs_format_refuses_a_file_beyond_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
