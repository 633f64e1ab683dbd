/*
 * plain/plain.c - a lesson as lines: prints events in order, asks at fences.
 *
 * It reads events and the model made of them, and sends inputs to the run; each
 * line about the machine or the lesson comes from an event.  Verdicts stand where
 * they do in the trace: after the event that decided.
 *
 * Lives here:   asking, commands, the run and its end.
 * Never here:   what an event prints (print.c), looking around (look.c).
 * Context:      one thread; waits for the run in the loop, for the person in getline().
 * Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#include "base/exit_status.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/time.h"
#include "base/wrap.h"
#include "words/end_text.h"
#include "words/lesson_text.h"
#include "words/lesson_words.h"
#include "words/texts.h"
#include "words/words.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 20

void plain_lesson_init(struct plain *p)
{
	words_lesson_init(&p->lesson, p->store, p->run ? run_get_spec(p->run)->lesson : "");
}

/* ---- interrupts by hand ------------------------------------------------------------------------ */

/* At a card that asks for it, an interrupt is an input: the run with it takes the place of the one without. */
static void interrupt_run(struct plain *p, const struct trace_name *line)
{
	struct run *branch = NULL;
	char err[512], said[160];
	int rc = run_branch_irq(p->run, run_fence(p->run), (int)line->owner, line->text, &branch, err, sizeof(err));

	if (rc) {
		plain_put(p, "", err);
		return;
	}
	snprintf(said, sizeof(said), W(WILL_INTERRUPT), line->text);
	plain_put(p, "", said);
	model_replay_fini(&p->replay);
	lesson_fini(&p->lesson);	/* its texts lie in the old run's log */
	run_close(p->run);
	p->run = branch;
	p->store = run_store(branch);
	plain_lesson_init(p);
	if (model_replay_init(&p->replay, p->store) || lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
}

void plain_no_line(struct plain *p, const char *name)
{
	STRBUF(names, 400);
	char text[600];

	run_irq_names(p->store, &names);
	if (!names.len)
		snprintf(text, sizeof(text), "%s", W(NO_DEVICE));
	else
		snprintf(text, sizeof(text), W(NO_SUCH_LINE), name, names.buf);
	plain_put(p, "", text);
}

/* Everywhere else it is a what-if, at the event that is looked at. */
static void interrupt(struct plain *p, const char *name)
{
	const struct trace_name *line = run_irq_line(p->store, plain_here(p), *name ? name : NULL);
	const struct lesson_card *card = lesson_card_waiting(&p->lesson, run_fence(p->run));

	if (!line)
		plain_no_line(p, name);
	else if (card && card->press)
		interrupt_run(p, line);
	else
		plain_what_if(p, plain_here(p), (int)line->owner, line->text);
}

/* ---- asking ------------------------------------------------------------------------------------- */

/*
 * Waits until a line, or its beginning, can be read.  False: the machine process has died meanwhile.
 * Only standard input is waited for: the command line makes it unbuffered, so nothing lies in its buffer.
 */
static bool wait_for_typing(struct plain *p)
{
	struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN } };
	enum run_state state;

	if (p->in != stdin || !p->run)
		return true;
	fds[1] = (struct pollfd){ .fd = uv_backend_fd(p->loop), .events = POLLIN };
	for (;;) {
		state = run_get_state(p->run);
		if (state == RUN_DIED || state == RUN_FAULTY)
			return false;
		if (poll(fds, 2, uv_backend_timeout(p->loop)) < 0 && errno != EINTR)
			return true;
		if (fds[0].revents)
			return true;
		uv_run(p->loop, UV_RUN_NOWAIT);
		run_poll(p->run);
	}
}

bool plain_read_line(struct plain *p, const char *prompt)
{
	ssize_t n;

	printable_write(p->out, prompt, strlen(prompt));
	fflush(p->out);
	p->blank = false;
	if (ferror(p->out))
		return false;
	errno = 0;
	n = wait_for_typing(p) ? getline(&p->line, &p->line_size, p->in) : -1;
	if (n < 0) {
		if (errno == ENOMEM)
			shortage_end(-ENOMEM, NULL);
		fputc('\n', p->out);
		return false;
	}
	if (!isatty(fileno(p->in)))
		fputc('\n', p->out);	/* no terminal has shown the person's Enter */
	while (n && strchr("\r\n \t", p->line[n - 1]))
		p->line[--n] = '\0';
	return true;
}

/* Where words or a number are typed, a command begins with a colon. */
static bool takes_words(const struct lesson_question *q)
{
	return lesson_form(q) == FORM_NUMBER || lesson_form(q) == FORM_WORDS;
}

static void help(struct plain *p, const struct lesson_question *q)
{
	plain_put(p, "", q ? words_question_help(q) : W(ENTER_GOES_ON));
	plain_put(p, "  ", W(PLAIN_HELP));
	if (q && takes_words(q))
		plain_put(p, "", W(HELP_COLON));
	else if (q && q->nr_choices > 1)
		plain_put(p, "", W(HELP_COLON_LETTER));
}

static void hint(struct plain *p, const struct lesson_question *q)
{
	if (q->hints_shown >= q->hints)
		plain_put(p, "", q->hints ? W(LAST_HINT) : W(NO_HINT));
	else
		run_hint(p->run, q->id);
}

/* "sure 2".  true: it was that. */
static bool set_sure(struct plain *p, const char *text)
{
	if (strncmp(text, "sure ", 5) != 0 || text[5] < '1' || text[5] > '3' || text[6])
		return false;
	p->sure = (unsigned int)(text[5] - '0');
	return true;
}

/* One letter that stands before a choice: it is an answer, and a command of that letter needs its colon. */
static bool names_choice(const struct lesson_question *q, const char *text)
{
	return text[0] >= 'a' && !text[1] && (unsigned int)(text[0] - 'a') < q->nr_choices;
}

bool plain_command(struct plain *p, const struct lesson_question *q, const char *text)
{
	bool colon = *text == ':';
	const char *rest;

	if (colon)
		text++;
	else if (q && takes_words(q) && strcmp(text, "?"))
		return false;
	if (!*text || (!colon && q && names_choice(q, text)))
		return false;
	if (plain_bookmark_command(p, text) || plain_report_command(p, text) || set_sure(p, text))
		return true;
	if ((colon || !q) && plain_show(p, text))	/* without its colon it may be a choice's id */
		return true;
	rest = text + 1 + strspn(text + 1, " ");
	if (text[1] && !(strchr("iK", text[0]) && text[1] == ' ') && strcmp(text, "quit") && strcmp(text, "help"))
		return false;
	switch (*text) {
	case 'm': plain_print_machine(p); return true;
	case 'w': plain_print_why(p); return true;
	case ',': plain_step(p, -1, false); return true;
	case '.': plain_step(p, 1, false); return true;
	case '[': plain_step(p, -1, true); return true;
	case ']': plain_step(p, 1, true); return true;
	case 'q': p->quit = true; return true;
	case 'h':
	case '?': help(p, q); return true;
	case 'i': interrupt(p, rest); return true;
	case 'H':
		if (q)
			hint(p, q);
		else
			plain_put(p, "", W(NO_QUESTION));
		return true;
	case 'K': plain_print_word(p, rest); return true;
	case 'C': plain_print_code(p); return true;
	case 'b': plain_print_worlds(p); return true;
	case 'd':
		p->dmesg_from = 0;
		if (!plain_print_dmesg(p, plain_here(p)))
			plain_put(p, "", W(LOG_EMPTY));
		return true;
	case 'R':
		plain_put(p, "", !*plain_last_rule(p) ? W(NO_RULE) :
		    words_rule(plain_last_rule(p)) ? words_rule(plain_last_rule(p)) : plain_last_rule(p));
		return true;
	default:
		return false;
	}
}

static void at_card(struct plain *p)
{
	if (!plain_read_line(p, plain_offers_worlds(p) ? W(WORLDS_PROMPT) : W(PROMPT_ENTER))) {
		p->quit = true;
		return;
	}
	if (!*p->line)
		run_go(p->run);
	else if (!plain_command(p, NULL, p->line))
		plain_put(p, "", W(ENTER_OR_HELP));
}

/* Asked at a terminal only; elsewhere `sure 2` before the answer gives it.  0 = not given. */
static unsigned int ask_sure(struct plain *p, const struct lesson_question *q)
{
	if (p->sure || lesson_form(q) == FORM_WORDS || !isatty(fileno(p->in)))
		return p->sure;
	if (!plain_read_line(p, W(PROMPT_SURE)))
		return 0;
	return p->line[0] >= '1' && p->line[0] <= '3' && !p->line[1] ? (unsigned int)(p->line[0] - '0') : 0;
}

static void at_question(struct plain *p, const struct lesson_question *q)
{
	STRBUF(prompt, 80);
	STRBUF(value, 512);
	STRBUF(refused, 160);

	if (p->put_at != q->asked) {
		plain_blank(p);
		if (run_asks_anew(p->run))
			plain_put(p, "", W(ASKED_ANEW));
		plain_put_question(p, q);
		p->listed = 0;
		plain_put_candidates(p, q);
		p->put_at = q->asked;
	}
	words_question_prompt(q, &prompt);
	if (!plain_read_line(p, prompt.buf)) {
		p->quit = true;
		return;
	}
	if (!*p->line) {
		p->put_at = 0;		/* once more */
		return;
	}
	if (lesson_form(q) == FORM_PICK && !strcmp(p->line, "more")) {
		plain_put_candidates(p, q);
		return;
	}
	if (plain_command(p, q, p->line))
		return;
	if (!lesson_read_answer(q, p->line, &value)) {
		words_answer_refused(q, &refused);
		plain_put(p, "", refused.buf);
		return;
	}
	if (run_answer_sure(p->run, q->id, value.buf, ask_sure(p, q)) == 0)
		p->typed = true;
	p->sure = 0;
}

/* ---- a run ----------------------------------------------------------------------------------------- */

static void on_change(void *arg)
{
	uv_stop(arg);
}

void plain_wait(struct plain *p)
{
	uv_loop_t *loop = p->loop;

	run_on_change(p->run, on_change, loop);
	run_poll(p->run);
	while (run_get_state(p->run) == RUN_RUNNING) {
		if (!uv_run(loop, UV_RUN_ONCE) && run_poll(p->run) == 0 && run_get_state(p->run) == RUN_RUNNING)
			break;
	}
	run_poll(p->run);
}

void plain_meet_fence(struct plain *p)
{
	struct ev_WAIT_INPUT e;
	const struct lesson_question *q;
	struct trace_event ev;

	if (!trace_store_event(p->store, run_fence(p->run), &ev) || !trace_get_WAIT_INPUT(&ev, &e)) {
		p->quit = true;
		return;
	}
	q = e.what == WAIT_ANSWER ? lesson_question(&p->lesson, e.question) : NULL;
	if (e.what == WAIT_ACT)
		plain_free_play(p);
	else if (e.what == WAIT_CHOOSE)
		plain_choose(p);
	else if (e.what == WAIT_END)
		run_go(p->run);
	else if (q)
		at_question(p, q);
	else
		at_card(p);
}

/* Prints how the run ended, unless its last event was that. */
int plain_leave(struct plain *p)
{
	STRBUF(line, 2048);

	if (run_get_state(p->run) == RUN_FAULTY)
		words_fault(run_exit_report(p->run), &line);
	else if (run_get_state(p->run) == RUN_DIED)
		words_over(run_exit_report(p->run), &line);
	if (!line.len && !p->lesson.ended && !run_is_free_play(p->run) && !p->opts->practise)
		strbuf_puts(&line, p->kept ? W(LEFT_KEPT) : W(LEFT));
	if (line.len && !p->end_printed)
		plain_put(p, "", line.buf);
	fflush(p->out);
	run_report_end(p->run, fileno(p->out));
	return run_exit_status(p->run, &p->lesson);
}

/* Of the terminal that @out is; 0 = it is none. */
static int window_columns(FILE *out)
{
	struct winsize size;

	return fileno(out) >= 0 && !ioctl(fileno(out), TIOCGWINSZ, &size) ? size.ws_col : 0;
}

int plain_columns(FILE *out)
{
	const char *columns = getenv("COLUMNS");
	int n = columns ? atoi(columns) : window_columns(out);

	return n >= COLUMNS_MIN ? n : n > 0 ? COLUMNS_MIN : COLUMNS_DEFAULT;
}

static void plain_begin(struct plain *p, const struct plain_opts *opts)
{
	char line[256];

	p->opts = opts;
	p->in = opts->in ? opts->in : stdin;
	p->out = opts->out ? opts->out : stdout;
	p->columns = opts->columns >= COLUMNS_MIN ? opts->columns : opts->columns > 0 ? COLUMNS_MIN : plain_columns(p->out);
	if (opts->heading)
		snprintf(line, sizeof(line), "%s", opts->heading);
	else
		snprintf(line, sizeof(line), W(PLAIN_MODE), opts->why ? opts->why : "--plain");
	plain_put(p, "", line);
	fputc('\n', p->out);
}

/* Passes over the events before the card or question that is open. */
static void skip_to_here(struct plain *p)
{
	const struct lesson_card *card;
	struct lesson all;
	char text[400];

	plain_wait(p);
	words_lesson_init(&all, p->store, p->run ? run_get_spec(p->run)->lesson : "");
	if (lesson_grow(&all)) {
		shortage_end(-ENOMEM, NULL);
	} else {
		card = lesson_card_at(&all, p->store->nr);
		p->printed = card && card->n ? card->n - 1 : 0;
		p->from = all.begun;
		p->begun = p->printed != 0;
		snprintf(text, sizeof(text), W(SMALL_GOES_ON), all.title);
		if (p->begun && *all.title)
			plain_put(p, "", text);
	}
	lesson_fini(&all);
	if (lesson_grow_to(&p->lesson, p->printed))
		shortage_end(-ENOMEM, NULL);
}

int plain_no_memory(void)
{
	fprintf(stderr, "kworkshop: %s\n", shortage_reason(-ENOMEM));
	return EXIT_INTERNAL;
}

static int play_to_the_end(struct plain *p)
{
	int err, code;

	if (model_replay_init(&p->replay, p->store))
		return plain_no_memory();
	if (p->opts->here)
		skip_to_here(p);
	while (!p->quit && !ferror(p->out)) {	/* the reader has gone: cli_main() reports that */
		plain_wait(p);
		plain_print_new(p);
		if (run_get_state(p->run) != RUN_WAITING)
			break;
		plain_meet_fence(p);
	}
	plain_save_progress(p);
	plain_end_worlds(p);
	err = p->opts->record ? run_record(p->run, p->opts->record) : 0;
	code = plain_leave(p);
	if (err)
		printable_printf(stderr, W(CANNOT_WRITE), p->opts->record, strerror(-err));
	return err && code <= EXIT_WRONG ? exit_status_for(err) : code;
}

int plain_run(const struct run_spec *spec, const struct plain_opts *opts)
{
	struct plain *p = calloc(1, sizeof(*p));
	uv_loop_t loop;
	char err[512];
	int rc;

	if (!p || uv_loop_init(&loop)) {
		free(p);
		return plain_no_memory();
	}
	plain_begin(p, opts);
	p->loop = &loop;
	rc = run_open(&p->run, &loop, opts->exe, spec, err, sizeof(err));
	if (rc) {
		printable_printf(stderr, "kworkshop: %s\n", err);
		rc = exit_status_for(rc);
	} else {
		p->store = run_store(p->run);
		plain_lesson_init(p);
		rc = opts->practise ? plain_practise(p) : play_to_the_end(p);
		model_replay_fini(&p->replay);
		run_close(p->run);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	lesson_fini(&p->lesson);
	free(p->line);
	fflush(p->out);
	free(p);
	return rc;
}

static bool has_lesson(struct trace_store *store)
{
	struct trace_event ev;
	uint64_t n;

	trace_store_poll(store);
	for (n = 1; n <= store->nr; n++)
		if (trace_store_event(store, n, &ev) && ev.kind == EV_LESSON)
			return true;
	return false;
}

void plain_play(struct trace_store *store, const char *title, const struct plain_opts *opts)
{
	struct plain *p = shortage_need(calloc(1, sizeof(*p)));

	plain_begin(p, opts);
	p->store = store;
	plain_lesson_init(p);
	p->begun = !has_lesson(store);
	if (title)
		plain_put(p, W(RECORDING), title);
	if (model_replay_init(&p->replay, store))
		shortage_end(-ENOMEM, NULL);
	plain_print_new(p);
	model_replay_fini(&p->replay);
	lesson_fini(&p->lesson);
	free(p);
}
