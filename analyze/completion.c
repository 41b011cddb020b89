/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* completion.c -- one script a shell, each in that shell's own way. */
#include "analyze/completion.h"

#include <string.h>

#include "analyze/option.h"

/* What the value of an option is. */
enum value_kind { VALUE_NONE, VALUE_FREE, VALUE_WORDS, VALUE_COLUMNS, VALUE_BY, VALUE_FILE };

static enum value_kind value_kind(const struct option *o)
{
	if (!o->argument)
		return VALUE_NONE;
	if (option_words(o))
		return VALUE_WORDS;
	if (o->groups == OPTIONS_BY)
		return VALUE_BY;
	if (strcmp(o->argument, "COLUMNS") == 0)
		return VALUE_COLUMNS;
	return strcmp(o->argument, "FILE") == 0 ? VALUE_FILE : VALUE_FREE;
}

static bool may_lack_value(const struct option *o)
{
	return o->argument && o->argument[0] == '[';
}

/* Text between single quotes, with `special` behind backslashes. */
static void put_quoted(const char *text, const char *special, FILE *out)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, "%s%c", strchr(special, *text) ? "\\" : "", *text);
	}
}

static bool is_told_before(const struct command *c, size_t table, const char *key)
{
	for (size_t t = 0; t < table; t++)
		for (size_t i = 0; i < c->tables[t]->column_count; i++)
			if (c->tables[t]->columns[i].key &&
			    strcmp(c->tables[t]->columns[i].key, key) == 0)
				return true;
	return false;
}

static void put_columns(const struct command *c, FILE *out)
{
	const char *before = "";

	for (size_t t = 0; t < COMMAND_TABLES && c->tables[t]; t++) {
		for (size_t i = 0; i < c->tables[t]->column_count; i++) {
			const char *key = c->tables[t]->columns[i].key;

			if (!key || is_told_before(c, t, key))
				continue;
			fprintf(out, "%s%s", before, key);
			before = " ";
		}
	}
}

static void put_by(const struct command *c, FILE *out)
{
	for (size_t i = 0; i < COMMAND_WORDS && c->by[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", c->by[i]);
}

/* ---- bash ---- */

static const char bash_head[] =
	"# bash completion for tcptape, made by `tcptape completion bash`\n"
	"_tcptape()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command=${COMP_WORDS[1]} options= columns= by= values= before=\n"
	"\tCOMPREPLY=()\n";

/* What `tcptape record` takes is known to the other script. */
static const char bash_record[] = "\tif [[ $command == record ]]; then\n"
				  "\t\tCOMP_WORDS=(tcptape-record \"${COMP_WORDS[@]:2}\")\n"
				  "\t\tCOMP_CWORD=$((COMP_CWORD - 1))\n"
				  "\t\tdeclare -F _tcptape_record >/dev/null && _tcptape_record\n"
				  "\t\treturn\n"
				  "\tfi\n";

static const char bash_tail[] = "\tif [[ $cur == = ]]; then\n"
				"\t\tcur=\n"
				"\telif [[ $prev == = ]]; then\n"
				"\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
				"\tfi\n"
				"\tcase $prev in\n";

static const char bash_end[] =
	"\tif [[ $values == columns ]]; then\n"
	"\t\tbefore=${cur%\"${cur##*,}\"} cur=${cur##*,}\n"
	"\t\t[[ $prev == --sort && $cur == -* ]] && before+=- cur=${cur#-}\n"
	"\t\tcompopt -o nospace 2>/dev/null\n"
	"\t\tCOMPREPLY=($(compgen -P \"$before\" -W \"$columns\" -- \"$cur\"))\n"
	"\telif [[ -n $values ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$values\" -- \"$cur\"))\n"
	"\telif [[ $cur == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	"\tfi\n"
	"}\n"
	"complete -o default -F _tcptape tcptape\n";

static void bash_command(const struct command *c, FILE *out)
{
	size_t count;
	const struct option *options = option_all(&count);

	fprintf(out, "\t%s)\n\t\toptions=\"", c->name);
	for (size_t i = 0; i < count; i++)
		if (options[i].groups & c->options)
			fprintf(out, "--%s ", options[i].name);
	fprintf(out, "\"\n\t\tcolumns=\"");
	put_columns(c, out);
	fprintf(out, "\"\n\t\tby=\"");
	put_by(c, out);
	fprintf(out, "\" ;;\n");
}

static void bash_option(const struct option *o, FILE *out)
{
	enum value_kind kind = value_kind(o);

	if (kind == VALUE_NONE || kind == VALUE_FREE || may_lack_value(o))
		return;
	fprintf(out, "\t--%s", o->name);
	if (o->letter)
		fprintf(out, "|-%c", o->letter);
	if (kind == VALUE_FILE)
		fprintf(out, ") return ;;\n");
	else
		fprintf(out, ") values=\"%s\" ;;\n",
			kind == VALUE_WORDS     ? option_words(o)
			: kind == VALUE_COLUMNS ? "columns"
						: "$by");
}

/* --color=never is one word to people, three to bash. */
static void bash_attached(const struct option *o, FILE *out)
{
	if (may_lack_value(o) && option_words(o))
		fprintf(out,
			"\t[[ ${COMP_WORDS[COMP_CWORD-1]} == = || ${COMP_WORDS[COMP_CWORD]} == = ]] &&\n"
			"\t\t[[ $prev == --%s ]] && values=\"%s\"\n",
			o->name, option_words(o));
}

static void print_bash(const struct command_table *t, FILE *out)
{
	size_t count;
	const struct option *options = option_all(&count);

	fputs(bash_head, out);
	fprintf(out, "\tif [[ $COMP_CWORD -eq 1 ]]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	for (const struct command *c = t->commands; c->name; c++)
		fprintf(out, "%s ", c->name);
	fprintf(out, "--help --version\" -- \"$cur\"))\n\t\treturn\n\tfi\n");
	fputs(bash_record, out);
	fprintf(out, "\tcase $command in\n");
	for (const struct command *c = t->commands; c->name; c++)
		bash_command(c, out);
	fprintf(out, "\tesac\n");
	fputs(bash_tail, out);
	for (size_t i = 0; i < count; i++)
		bash_option(&options[i], out);
	fprintf(out, "\tesac\n");
	for (size_t i = 0; i < count; i++)
		bash_attached(&options[i], out);
	fputs(bash_end, out);
}

/* ---- zsh ---- */

/* What comes after the option's description. */
static void zsh_value(const struct command *c, const struct option *o, FILE *out)
{
	const char *name = may_lack_value(o) ? "WHEN" : o->argument;

	switch (value_kind(o)) {
	case VALUE_NONE:
		return;
	case VALUE_FREE:
		fprintf(out, ":%s: ", name);
		return;
	case VALUE_WORDS:
		fprintf(out, ":%s:(%s)", name, option_words(o));
		return;
	case VALUE_BY:
		fprintf(out, ":%s:(", name);
		put_by(c, out);
		fprintf(out, ")");
		return;
	case VALUE_COLUMNS:
		fprintf(out, ":%s:_sequence compadd - ", name);
		put_columns(c, out);
		return;
	case VALUE_FILE:
		fprintf(out, ":%s:_files", name);
		return;
	}
}

static void zsh_option(const struct command *c, const struct option *o, FILE *out)
{
	const char *tie = !o->argument ? "" : may_lack_value(o) ? "=-" : "=";

	if (o->letter)
		fprintf(out, " \\\n\t\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name,
			o->letter, o->argument ? "+" : "", o->name, tie);
	else
		fprintf(out, " \\\n\t\t\t'*--%s%s[", o->name, tie);
	put_quoted(o->doc, "[]:", out);
	fprintf(out, may_lack_value(o) ? "]:" : "]");
	zsh_value(c, o, out);
	fprintf(out, "'");
}

static void zsh_command(const struct command *c, FILE *out)
{
	size_t count;
	const struct option *options = option_all(&count);

	fprintf(out, "\t%s)\n\t\t_arguments -s '*:tape:_files'", c->name);
	for (size_t i = 0; i < count; i++)
		if (options[i].groups & c->options)
			zsh_option(c, &options[i], out);
	fprintf(out, " ;;\n");
}

static void print_zsh(const struct command_table *t, FILE *out)
{
	fprintf(out, "#compdef tcptape\n"
		     "# zsh completion for tcptape, made by `tcptape completion zsh`\n"
		     "_tcptape()\n{\n\tlocal -a commands\n\tcommands=(\n");
	for (const struct command *c = t->commands; c->name; c++) {
		fprintf(out, "\t\t'%s:", c->name);
		put_quoted(c->summary, ":", out);
		fprintf(out, "'\n");
	}
	fprintf(out, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n"
		     "\t\treturn\n\tfi\n\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
	for (const struct command *c = t->commands; c->name; c++)
		zsh_command(c, out);
	fprintf(out, "\tesac\n}\n"
		     "if [[ $funcstack[1] == _tcptape ]]; then\n\t_tcptape \"$@\"\n"
		     "else\n\tcompdef _tcptape tcptape\nfi\n");
}

/* ---- fish ---- */

static void fish_option(const struct command *c, const struct option *o, FILE *out)
{
	enum value_kind kind = value_kind(o);

	fprintf(out, "complete -c tcptape -n '__fish_seen_subcommand_from %s' -l %s", c->name,
		o->name);
	if (o->letter)
		fprintf(out, " -s %c", o->letter);
	if (kind == VALUE_FILE)
		fprintf(out, " -r -F");
	else if (kind != VALUE_NONE && !may_lack_value(o))
		fprintf(out, " -x");
	if (kind == VALUE_WORDS)
		fprintf(out, " -a '%s'", option_words(o));
	if (kind == VALUE_BY) {
		fprintf(out, " -a '");
		put_by(c, out);
		fprintf(out, "'");
	}
	if (kind == VALUE_COLUMNS) {
		fprintf(out, " -a '(__fish_append , ");
		put_columns(c, out);
		fprintf(out, ")'");
	}
	fprintf(out, " -d '");
	put_quoted(o->doc, "", out);
	fprintf(out, "'\n");
}

static void print_fish(const struct command_table *t, FILE *out)
{
	size_t count;
	const struct option *options = option_all(&count);

	fprintf(out, "# fish completion for tcptape, made by `tcptape completion fish`\n");
	for (const struct command *c = t->commands; c->name; c++) {
		fprintf(out, "complete -c tcptape -n __fish_use_subcommand -f -a %s -d '", c->name);
		put_quoted(c->summary, "", out);
		fprintf(out, "'\n");
		for (size_t i = 0; i < count; i++)
			if (options[i].groups & c->options)
				fish_option(c, &options[i], out);
	}
}

int completion_print(const struct command_table *t, const char *shell, FILE *out, struct error *err)
{
	static const struct {
		const char *name;
		void (*print)(const struct command_table *t, FILE *out);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (shell && strcmp(shell, shells[i].name) == 0) {
			shells[i].print(t, out);
			return 0;
		}
	}
	return error_set(err, ERR_USAGE, "completion%s%.40s: the shells are bash, zsh and fish",
			 shell ? " " : "", shell ? shell : "");
}
