/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* shell_completion.c -- one script a shell. */
#include "record/shell_completion.h"

#include <string.h>

#include "record/options.h"

static int is_file(const struct option_row *row)
{
	return row->argument && strcmp(row->argument, "FILE") == 0;
}

/* The help between single quotes, on one line, with `special` behind backslashes. */
static void put_help(FILE *to, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", to);
		else
			fprintf(to, "%s%c", strchr(special, *text) ? "\\" : "",
				*text == '\n' ? ' ' : *text);
	}
}

static void print_bash(FILE *to)
{
	size_t count;
	const struct option_row *rows = options_rows(&count);

	fprintf(to,
		"# bash completion for tcptape-record, made by `tcptape-record completion bash`\n"
		"_tcptape_record()\n{\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} i\n"
		"\tCOMPREPLY=()\n"
		"\t# behind -- a command follows\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then\n"
		"\t\t\t((i + 1 == COMP_CWORD)) && COMPREPLY=($(compgen -c -- \"$cur\"))\n"
		"\t\t\treturn\n"
		"\t\tfi\n"
		"\tdone\n"
		"\tif [[ $cur == -* ]]; then\n"
		"\t\tCOMPREPLY=($(compgen -W \"");
	for (size_t i = 0; i < count; i++)
		fprintf(to, "--%s ", rows[i].name);
	fprintf(to, "--\" -- \"$cur\"))\n"
		    "\telif ((COMP_CWORD == 1)); then\n"
		    "\t\tCOMPREPLY=($(compgen -W doctor -- \"$cur\"))\n"
		    "\tfi\n}\n"
		    "complete -o default -F _tcptape_record tcptape-record\n");
}

static void print_zsh(FILE *to)
{
	size_t count;
	const struct option_row *rows = options_rows(&count);

	fprintf(to, "#compdef tcptape-record\n"
		    "# zsh completion for tcptape-record, made by `tcptape-record completion zsh`\n"
		    "_tcptape_record()\n{\n"
		    "\t_arguments -s '1::action:(doctor)' '*::command:_normal'");
	for (size_t i = 0; i < count; i++) {
		const struct option_row *r = &rows[i];

		if (r->key < 256)
			fprintf(to, " \\\n\t\t'*'{-%c%s,--%s%s}'[", r->key, r->argument ? "+" : "",
				r->name, r->argument ? "=" : "");
		else
			fprintf(to, " \\\n\t\t'*--%s%s[", r->name, r->argument ? "=" : "");
		put_help(to, r->help, "[]:");
		fprintf(to, "]");
		if (r->argument) {
			fprintf(to, ":");
			put_help(to, r->argument, "[]:");
			fprintf(to, is_file(r) ? ":_files" : ": ");
		}
		fprintf(to, "'");
	}
	fprintf(to, "\n}\n"
		    "if [[ $funcstack[1] == _tcptape-record ]]; then\n\t_tcptape_record \"$@\"\n"
		    "else\n\tcompdef _tcptape_record tcptape-record\nfi\n");
}

static void print_fish(FILE *to)
{
	size_t count;
	const struct option_row *rows = options_rows(&count);

	fprintf(to,
		"# fish completion for tcptape-record, made by `tcptape-record completion fish`\n"
		"complete -c tcptape-record -n __fish_is_first_token -f -a doctor"
		" -d 'would it work here? why not?'\n");
	for (size_t i = 0; i < count; i++) {
		const struct option_row *r = &rows[i];

		fprintf(to, "complete -c tcptape-record -l %s", r->name);
		if (r->key < 256)
			fprintf(to, " -s %c", r->key);
		if (r->argument)
			fprintf(to, is_file(r) ? " -r -F" : " -x");
		fprintf(to, " -d '");
		put_help(to, r->help, "");
		fprintf(to, "'\n");
	}
}

int shell_completion_print(const char *shell, FILE *to, struct error *err)
{
	static const struct {
		const char *name;
		void (*print)(FILE *to);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shell, shells[i].name) != 0)
			continue;
		shells[i].print(to);
		return OK;
	}
	return error_set(err, ERR_USAGE, "completion %.40s: the shells are bash, zsh and fish",
			 shell);
}
