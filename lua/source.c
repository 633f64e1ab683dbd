/*
 * lua/source.c - which line of the lesson runs on a CPU, as events.
 *
 * The functions of a lesson that the machine calls (work functions, handlers, threads) are
 * named once, by a DEF of class CLS_SOURCE with their text, a statement or a line a row.
 * SOURCE_AT names the row that a context goes on at: before each call of the API, and at
 * the start of a function.  The text is cut out of the lesson's file between `function`
 * and its `end`, so that nothing of the director, of an answer or of a hint gets into it.
 *
 * Lua knows lines, not statements.  Where a function stands on one line, the row is the
 * next statement that has the name of the function called: right for all code but a
 * branch that calls the same function on both sides.
 *
 * Lives here:   finding functions in the file's text, rows, the events.
 * Never here:   drawing (visualizer), the lines of faults (sandbox.c).
 * Licence: MIT.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "lua/script_internal.h"

#define FUNCTIONS_MAX 1024
#define ROWS_MAX 200
#define TEXT_BYTES 4000

struct source_function {
	int line, last;			/* of `function` and of its `end` */
	size_t from, body, to;		/* bytes: of `function`, behind its parameters, of its `end` */
	uint32_t id;			/* of CLS_SOURCE, 0 = not named yet */
	unsigned int rows;
	int first_row;			/* line of row 1; 0: rows are statements of one line */
	unsigned int file;		/* 1, 2, ..: of the run's files; 0 = the lesson's own */
	int shift;			/* lines of .text before its file */
};

struct source {
	struct source_function v[FUNCTIONS_MAX];
	unsigned int nr;
	int lines;			/* of the text */
};

/* ---- tokens -------------------------------------------------------------------------- */

struct token {
	size_t from, to;
	int line;
	bool word;			/* a name or keyword */
};

struct lexer {
	const char *text;
	size_t len, at;
	int line;
};

/* Bytes of "[[", "[=[" ... at @at, 0 if there is none. */
static size_t long_open(const struct lexer *x, size_t at)
{
	size_t n = at;

	if (n >= x->len || x->text[n] != '[')
		return 0;
	for (n++; n < x->len && x->text[n] == '='; n++)
		;
	return n < x->len && x->text[n] == '[' ? n + 1 - at : 0;
}

static void skip(struct lexer *x, size_t to)
{
	for (; x->at < to && x->at < x->len; x->at++)
		x->line += x->text[x->at] == '\n';
}

/* To the end of a long bracket whose opening has @open bytes. */
static void skip_long(struct lexer *x, size_t open)
{
	size_t p = x->at + open;

	for (; p < x->len; p++)
		if (x->text[p] == ']' && p + open <= x->len && x->text[p + open - 1] == ']' &&
		    strspn(x->text + p + 1, "=") >= open - 2) {
			skip(x, p + open);
			return;
		}
	skip(x, x->len);
}

static void skip_comment(struct lexer *x)
{
	size_t open = long_open(x, x->at + 2);

	if (open) {
		skip(x, x->at + 2);
		skip_long(x, open);
		return;
	}
	while (x->at < x->len && x->text[x->at] != '\n')
		x->at++;
}

static void skip_string(struct lexer *x)
{
	char quote = x->text[x->at++];

	while (x->at < x->len && x->text[x->at] != quote) {
		if (x->text[x->at] == '\\')
			skip(x, x->at + 1);
		skip(x, x->at + 1);
	}
	x->at++;
}

static bool name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool next_token(struct lexer *x, struct token *t)
{
	for (;;) {
		while (x->at < x->len && isspace((unsigned char)x->text[x->at]))
			skip(x, x->at + 1);
		if (x->at + 1 >= x->len || memcmp(x->text + x->at, "--", 2) != 0)
			break;
		skip_comment(x);
	}
	if (x->at >= x->len)
		return false;
	*t = (struct token){ .from = x->at, .line = x->line };
	if (name_byte(x->text[x->at])) {
		t->word = !isdigit((unsigned char)x->text[x->at]);
		while (x->at < x->len && (name_byte(x->text[x->at]) || (!t->word && x->text[x->at] == '.')))
			x->at++;
	} else if (x->text[x->at] == '"' || x->text[x->at] == '\'') {
		skip_string(x);
	} else if (long_open(x, x->at)) {
		skip_long(x, long_open(x, x->at));
	} else {
		x->at++;
	}
	t->to = x->at > x->len ? x->len : x->at;
	return true;
}

static bool is(const struct lexer *x, const struct token *t, const char *word)
{
	size_t n = strlen(word);

	return t->to - t->from == n && memcmp(x->text + t->from, word, n) == 0;
}

static bool is_one_of(const struct lexer *x, const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (is(x, t, *words))
			return true;
	return false;
}

/* ---- the functions of a file ------------------------------------------------------------- */

#define DEPTH_MAX 200

/* Reads the parameters; return: the byte behind their `)`. */
static size_t skip_parameters(struct lexer *x)
{
	struct token t;

	while (next_token(x, &t))
		if (is(x, &t, ")"))
			return t.to;
	return x->len;
}

static void add_function(struct source *s, const struct source_function *f)
{
	if (s->nr < FUNCTIONS_MAX)
		s->v[s->nr++] = *f;
}

/* Lines of the text before the file that a chunk was loaded from; its functions have these more. */
static int lines_before(const struct script *s, const char *chunk)
{
	const struct run_files *f = s->opts->spec->files;

	for (size_t i = 0; f && i < f->n; i++)
		if (s->file_line[i] && strcmp(chunk + 1, f->v[i].name) == 0)
			return s->file_line[i] - 1;
	return 0;
}

/* From byte @from on, which is at the beginning of @line.  Return: the line behind the text. */
static int find_functions(struct source *s, const char *text, size_t len, size_t from, int line)
{
	static const char *const openers[] = { "if", "do", "repeat", NULL };
	struct source_function open[DEPTH_MAX];
	bool function[DEPTH_MAX];
	struct lexer x = { text, len, from, line };
	unsigned int depth = 0;
	struct token t;

	while (next_token(&x, &t) && depth < DEPTH_MAX) {
		if (is(&x, &t, "function")) {
			open[depth] = (struct source_function){ .line = t.line, .from = t.from };
			open[depth].body = skip_parameters(&x);
			function[depth++] = true;
		} else if (is_one_of(&x, &t, openers)) {
			function[depth++] = false;
		} else if ((is(&x, &t, "end") || is(&x, &t, "until")) && depth) {
			depth--;
			if (!function[depth])
				continue;
			open[depth].to = t.from;
			open[depth].last = t.line;
			add_function(s, &open[depth]);
		}
	}
	skip(&x, len);
	return x.line;
}

/* ---- rows --------------------------------------------------------------------------------- */

struct rows {
	const char *text;
	struct strbuf *out;		/* NULL: only count, or look for .name */
	unsigned int nr;
};

static void row(struct rows *r, size_t from, size_t to)
{
	while (from < to && isspace((unsigned char)r->text[from]))
		from++;
	while (to > from && isspace((unsigned char)r->text[to - 1]))
		to--;
	if (from == to || r->nr == ROWS_MAX)
		return;
	if (r->nr++)
		strbuf_putc(r->out, '\n');
	strbuf_putn(r->out, r->text + from, to - from);
}

/*
 * The statements of a function on one line.  A name or keyword begins a statement when
 * the token before it can end one and no bracket is open.
 */
static void statement_rows(struct rows *r, const struct source_function *f)
{
	static const char *const go_on[] = { "and", "or", "not", "then", "do", "else", "elseif", "end", "until", "in", NULL };
	static const char *const open_end[] = { "and", "or", "not", "then", "do", "else", "local", "return", "if", "elseif",
						"while", "for", "repeat", "until", "in", "function", "goto", NULL };
	struct lexer x = { r->text, f->to, f->body, f->line };
	size_t begun = f->body;
	struct token t, before = { 0 };
	int depth = 0;

	while (next_token(&x, &t)) {
		char last = before.to ? r->text[before.to - 1] : '\0';
		bool ends = before.to && (name_byte(last) || strchr(")}]\"'", last)) && !is_one_of(&x, &before, open_end);

		if (t.word && !depth && ends && !is_one_of(&x, &t, go_on)) {
			row(r, begun, t.from);
			begun = t.from;
		}
		depth += strchr("([{", r->text[t.from]) && t.to == t.from + 1;
		depth -= strchr(")]}", r->text[t.from]) && t.to == t.from + 1;
		before = t;
	}
	row(r, begun, f->to);
}

static size_t indent_of(const char *line, const char *end)
{
	size_t n = 0;

	while (line + n < end && (line[n] == ' ' || line[n] == '\t'))
		n++;
	return n;
}

/* The lines between `function` and `end`, without the blanks that all of them begin with. */
static void line_rows(struct rows *r, const struct source_function *f)
{
	const char *end = r->text + f->to, *line = memchr(r->text + f->body, '\n', f->to - f->body);
	size_t least = SIZE_MAX;

	line = line ? line + 1 : end;
	for (const char *p = line; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = indent_of(p, stop ? stop : end);

		if (n < least && p + n < (stop ? stop : end))
			least = n;
		p = stop ? stop + 1 : end;
	}
	for (const char *p = line; p < end && r->nr < ROWS_MAX;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((stop ? stop : end) - p);

		if (!stop && indent_of(p, end) == len)
			break;			/* the blanks before `end` */
		if (r->nr++)
			strbuf_putc(r->out, '\n');
		strbuf_putn(r->out, p + (len < least ? len : least), len < least ? 0 : len - least);
		p = stop ? stop + 1 : end;
	}
}

static void make_rows(const struct script *s, struct source_function *f, struct strbuf *out)
{
	struct rows r = { s->text, out, 0 };

	f->first_row = f->line == f->last ? 0 : f->line + 1;
	if (f->first_row)
		line_rows(&r, f);
	else
		statement_rows(&r, f);
	f->rows = r.nr;
}

/* ---- the events -------------------------------------------------------------------------------- */

void source_open(struct script *s)
{
	s->source = shortage_need(script_zalloc(s, sizeof(*s->source)));	/* without its events the others have other numbers */
	if (s->text)
		s->source->lines = find_functions(s->source, s->text, s->text_len, 0, 1);
}

int source_add(struct script *s, const char *text, size_t len)
{
	size_t from = s->text_len;
	int line;

	if (!s->source || !s->text || s->text_room < from + len + 1)
		return 1;
	s->text[from++] = '\n';
	memcpy(s->text + from, text, len);
	s->text_len = from + len;
	line = s->source->lines + 1;
	s->source->lines = find_functions(s->source, s->text, s->text_len, from, line);
	return line;
}

void source_add_file(struct script *s, unsigned int file)
{
	const struct run_file *f = &s->opts->spec->files->v[file];
	unsigned int first = s->source ? s->source->nr : 0;
	int line = source_add(s, f->text, f->len);

	if (line == 1)
		return;
	s->file_line[file] = line;
	for (unsigned int i = first; i < s->source->nr; i++) {
		s->source->v[i].file = file + 1;
		s->source->v[i].shift = line - 1;
	}
}

void source_close(struct script *s)
{
	script_free(s, s->source);
	s->source = NULL;
}

/* Does the function's own text call @name?  As an argument, `returns(queue_work, w)`, it is not called. */
static bool calls(const struct script *s, const struct source_function *f, const char *name)
{
	struct lexer x = { s->text, f->to, f->body, f->line };
	struct token t;

	while (next_token(&x, &t)) {
		struct lexer ahead = x;
		struct token next;

		if (t.word && is(&x, &t, name) && next_token(&ahead, &next) && strchr("({\"'[", s->text[next.from]))
			return true;
	}
	return false;
}

static bool contains(const struct source_function *a, const struct source_function *b)
{
	return a->from <= b->from && b->to <= a->to;
}

/*
 * The function that begins and ends on these lines.  Of several on one line it is the innermost
 * that calls @name (NULL: not known).  NULL if two fit that are beside each other: one of them may
 * be an answer.
 */
static struct source_function *function_at(struct script *s, int line, int last, const char *name)
{
	struct source_function *best = NULL, *only = NULL;
	unsigned int nr = 0;

	for (unsigned int i = 0; s->source && i < s->source->nr; i++) {
		struct source_function *f = &s->source->v[i];

		if (f->line != line || f->last != last)
			continue;
		only = nr++ ? NULL : f;
		if (!name || !calls(s, f, name))
			continue;
		if (best && !contains(best, f) && !contains(f, best))
			return NULL;
		if (!best || contains(best, f))
			best = f;
	}
	return only ? only : best;
}

/* @func: the CLS_FUNC id of a work function, 0 = another kind of function. */
static void name_source(struct script *s, struct source_function *f, uint32_t func)
{
	STRBUF(text, TEXT_BYTES);

	if (f->id)
		return;
	make_rows(s, f, &text);
	f->id = mach_new_id(CLS_SOURCE);
	trace_def(CLS_SOURCE, f->id, func, f->file << TRACE_SOURCE_FILE_SHIFT |
		  (f->first_row ? (uint32_t)(f->first_row - f->shift) : (uint32_t)(f->line - f->shift) | TRACE_SOURCE_ONE_LINE),
		  text.buf);
}

/* Row of a one-line function: the next one behind @from that calls @name, from the first on again. */
static unsigned int statement_row(const struct script *s, struct source_function *f, unsigned int from, const char *name)
{
	STRBUF(text, TEXT_BYTES);
	struct rows r = { s->text, &text, 0 };
	unsigned int first = 0, n = 0;

	statement_rows(&r, f);
	for (char *line = text.buf, *rest = text.buf; (line = strsep(&rest, "\n"));) {
		struct lexer x = { line, strlen(line), 0, 1 };
		struct token t;
		bool here = false;

		n++;
		while (next_token(&x, &t))
			here |= t.word && is(&x, &t, name);
		if (!here)
			continue;
		if (n > from)
			return n;
		if (!first)
			first = n;
	}
	return first ? first : from;
}

static void emit_row(struct script_thread *t, struct source_function *f, unsigned int row)
{
	if (t->source == f->id && t->row == row)
		return;
	t->source = f->id;
	t->row = row;
	TRACE(SOURCE_AT, .source = f->id, .row = row);
}

/*
 * The function whose row is executed: the one that makes the call, @name; but where a student's file
 * called a function of the exercise, the student's, which does not call @name itself.
 */
static bool calling(lua_State *L, lua_Debug *ar, const char **name)
{
	const struct run_files *files = script_now->opts->spec->files;
	lua_Debug outer;

	if (!lua_getstack(L, 1, ar) || !lua_getinfo(L, "Sl", ar))
		return false;
	for (int level = 1; files && files->n && lua_getstack(L, level, &outer) && lua_getinfo(L, "Sl", &outer); level++) {
		if (outer.source[0] != '@' || !lines_before(script_now, outer.source))
			continue;
		*name = level == 1 ? *name : NULL;
		*ar = outer;
		break;
	}
	return ar->source[0] == '@';
}

void source_call(lua_State *L, const char *name)
{
	struct script_thread *t = script_thread_of(L);
	struct source_function *f;
	unsigned int row;
	lua_Debug ar;
	int before;

	if (t->place != IN_KERNEL || script_now->judging || !calling(L, &ar, &name))
		return;
	before = lines_before(script_now, ar.source);
	f = function_at(script_now, ar.linedefined + before, ar.lastlinedefined + before, name);
	if (!f)
		return;
	name_source(script_now, f, 0);
	if (f->first_row)
		row = ar.currentline + before < f->first_row ? 1 : (unsigned int)(ar.currentline + before - f->first_row) + 1;
	else
		row = name ? statement_row(script_now, f, t->source == f->id ? t->row : 0, name) : 0;
	emit_row(t, f, row);
}

/* ---- the next statement, for people -------------------------------------------------------------- */

static void put_trimmed(const char *from, size_t len, char *buf, size_t size)
{
	while (len && isspace((unsigned char)*from)) {
		from++;
		len--;
	}
	while (len && isspace((unsigned char)from[len - 1]))
		len--;
	snprintf(buf, size, "%.*s", (int)len, from);
}

/* Line @line of the text. */
static void put_text_line(const struct script *s, int line, char *buf, size_t size)
{
	const char *p = s->text, *end = s->text + s->text_len;

	while (--line > 0 && p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		p = stop ? stop + 1 : end;
	}
	put_trimmed(p, p < end ? strcspn(p, "\n") : 0, buf, size);
}

/* Row @n of a function on one line. */
static void put_statement(const struct script *s, const struct source_function *f, unsigned int n, char *buf, size_t size)
{
	STRBUF(text, TEXT_BYTES);
	struct rows r = { s->text, &text, 0 };
	const char *p = text.buf;

	statement_rows(&r, f);
	while (n-- > 1 && *p) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	put_trimmed(p, strcspn(p, "\n"), buf, size);
}

void source_here(lua_State *L, const char *name, char *place, size_t place_size, char *code, size_t code_size)
{
	struct script_thread *t = script_thread_of(L);
	struct source_function *f;
	lua_Debug ar;
	int before;

	place[0] = code[0] = '\0';
	if (!lua_getstack(L, 1, &ar) || !lua_getinfo(L, "Sl", &ar) || ar.source[0] != '@')
		return;
	before = lines_before(script_now, ar.source);
	snprintf(place, place_size, "%s:%d", ar.source + 1, ar.currentline);
	f = function_at(script_now, ar.linedefined + before, ar.lastlinedefined + before, name);
	if (f && f->line == f->last)
		put_statement(script_now, f, f->id && t->source == f->id && t->row ? t->row : statement_row(script_now, f, 0, name),
			      code, code_size);
	else
		put_text_line(script_now, ar.currentline + before, code, code_size);
}

void source_of_function(lua_State *L, int ref, char *place, size_t place_size, char *code, size_t code_size)
{
	struct source_function *f;
	lua_Debug ar;
	int before;

	place[0] = '\0';
	if (code)
		code[0] = '\0';
	lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
	if (!lua_getinfo(L, ">S", &ar) || ar.source[0] != '@')
		return;
	before = lines_before(script_now, ar.source);
	f = function_at(script_now, ar.linedefined + before, ar.lastlinedefined + before, NULL);
	snprintf(place, place_size, "%s:%d", ar.source + 1, ar.linedefined + (ar.linedefined < ar.lastlinedefined));
	if (code && f && f->line == f->last)
		put_statement(script_now, f, 1, code, code_size);
	else if (code)
		put_text_line(script_now, ar.linedefined + before + (ar.linedefined < ar.lastlinedefined), code, code_size);
}

void source_of_work(lua_State *L, int function, uint32_t func)
{
	struct source_function *f;
	lua_Debug ar;
	int before;

	lua_pushvalue(L, function);
	if (!lua_getinfo(L, ">S", &ar) || ar.source[0] != '@')
		return;
	before = lines_before(script_now, ar.source);
	f = function_at(script_now, ar.linedefined + before, ar.lastlinedefined + before, NULL);
	if (f)
		name_source(script_now, f, func);
}

void source_start(struct script_thread *t, int function)
{
	struct source_function *f;
	lua_Debug ar;
	int before;

	t->source = t->row = 0;
	lua_pushvalue(t->L, function);
	if (!lua_getinfo(t->L, ">S", &ar) || ar.source[0] != '@')
		return;
	before = lines_before(script_now, ar.source);
	f = function_at(script_now, ar.linedefined + before, ar.lastlinedefined + before, NULL);
	if (!f)
		return;
	name_source(script_now, f, 0);
	emit_row(t, f, 0);
}
