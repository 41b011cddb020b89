/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* main.c -- tcptape-record: the only place that prints errors and exits. */
#include <errno.h>
#include <stdio.h>

#include "format/standard_streams.h"
#include "record/options.h"
#include "record/plan_report.h"
#include "record/printable.h"
#include "record/session.h"
#include "record/shell_completion.h"

static int act(const struct record_options *opt, char **argv, struct error *err)
{
	switch (opt->action) {
	case ACTION_HELP:
		options_print_help(stdout);
		return 0;
	case ACTION_VERSION:
		options_print_version(stdout);
		return 0;
	case ACTION_LIST_EVENTS:
		return session_list_events(opt, err);
	case ACTION_DOCTOR:
		return plan_doctor(opt, stdout, err);
	case ACTION_DRY_RUN:
		return plan_dry_run(opt, stdout, err);
	case ACTION_COMPLETION:
		return shell_completion_print(opt->shell, stdout, err);
	default:
		return session_run(opt, argv, err);
	}
}

int main(int argc, char **argv)
{
	struct record_options opt;
	struct error err = {0};
	int rc;

	standard_streams_hold();
	rc = options_parse(argc, argv, &opt, &err);
	if (!rc)
		rc = act(&opt, argv, &err);
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = error_sys(&err, errno, "cannot write standard output");
	options_release(&opt);
	if (!rc)
		return 0;
	printable_say(stderr, err.text, "");
	return rc == ERR_USAGE ? 2 : 1;
}
