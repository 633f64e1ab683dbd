/*
 * classroom/progress.c - operations on attempts, answers and bookmarks.
 *
 * Each change is one transaction.  While one program has an attempt open, another
 * cannot resume it (progress_claim.c).  If its row has changed nevertheless,
 * progress_save() finds another checksum in the row and writes a new attempt.
 *
 * Lives here:   resume, save, summary, reset.
 * Never here:   statements and checksums (progress_rows.c), the file (progress_file.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------------------------- */

/* Calls @fn with the type of the record. */
#define READER(name, s)                                             \
	struct name##_reader {                                      \
		int (*fn)(void *arg, const struct s *record);       \
		void *arg;                                          \
	};                                                          \
	static int name##_read(void *arg, const void *record)       \
	{                                                           \
		struct name##_reader *r = arg;                      \
		return r->fn(r->arg, record);                       \
	}
READER(attempt, progress_attempt)
READER(answer, progress_answer)
READER(practice, progress_practice)
READER(mark, progress_mark)
READER(earlier, progress_earlier)
READER(log, progress_log)

#define OF_LESSON "WHERE (?1 IS NULL OR course = ?1) AND (?2 IS NULL OR lesson = ?2) "

int progress_attempts(struct progress *p, const char *course, const char *lesson,
		      int (*fn)(void *arg, const struct progress_attempt *a), void *arg)
{
	struct attempt_reader r = { fn, arg };
	struct progress_attempt a;

	return progress_select(p, &progress_attempt_table, &a, attempt_read, &r,
			       OF_LESSON "ORDER BY course, lesson, n", "tt", course, lesson);
}

int progress_answers(struct progress *p, int64_t attempt, int (*fn)(void *arg, const struct progress_answer *a),
		     void *arg)
{
	struct answer_reader r = { fn, arg };
	struct progress_answer a;

	return progress_select(p, &progress_answer_table, &a, answer_read, &r,
			       "WHERE attempt = ?1 ORDER BY row", "i", (uint64_t)attempt);
}

int progress_practice(struct progress *p, const char *course, const char *lesson,
		      int (*fn)(void *arg, const struct progress_practice *a), void *arg)
{
	struct practice_reader r = { fn, arg };
	struct progress_practice a;

	return progress_select(p, &progress_practice_table, &a, practice_read, &r,
			       OF_LESSON "ORDER BY course, lesson, row", "tt", course, lesson);
}

int progress_marks(struct progress *p, const char *course, const char *lesson,
		   int (*fn)(void *arg, const struct progress_mark *m), void *arg)
{
	struct mark_reader r = { fn, arg };
	struct progress_mark m;

	return progress_select(p, &progress_mark_table, &m, mark_read, &r,
			       OF_LESSON "ORDER BY course, lesson, event, row", "tt", course, lesson);
}

int progress_earlier(struct progress *p, const char *course, const char *lesson,
		     int (*fn)(void *arg, const struct progress_earlier *e), void *arg)
{
	struct earlier_reader r = { fn, arg };
	struct progress_earlier e;

	return progress_select(p, &progress_earlier_table, &e, earlier_read, &r,
			       OF_LESSON "ORDER BY course, lesson", "tt", course, lesson);
}

int progress_each_log(struct progress *p, int (*fn)(void *arg, const struct progress_log *l), void *arg)
{
	struct log_reader r = { fn, arg };
	struct progress_log l;

	return progress_select(p, &progress_log_table, &l, log_read, &r, "ORDER BY row", "");
}

static int copy_attempt(struct progress_attempt *to, const struct progress_attempt *from)
{
	char *inputs = strdup(from->inputs ? from->inputs : "");

	if (!inputs)
		return -ENOMEM;
	free(to->inputs);
	*to = *from;
	to->inputs = inputs;
	to->sum = progress_sum(&progress_attempt_table, from);
	return 0;
}

void progress_attempt_fini(struct progress_attempt *a)
{
	free(a->inputs);
	a->inputs = NULL;
}

static int take_attempt(void *arg, const void *record)
{
	return copy_attempt(arg, record);
}

/* -ENOENT: the row does not exist or is damaged. */
static int load_attempt(struct progress *p, int64_t row, struct progress_attempt *out)
{
	struct progress_attempt a;
	int err;

	memset(out, 0, sizeof(*out));
	err = progress_select(p, &progress_attempt_table, &a, take_attempt, out, "WHERE row = ?1", "i", (uint64_t)row);
	return err ? err : out->row ? 0 : -ENOENT;
}

/* ---- resuming ----------------------------------------------------------------------------------- */

struct candidates {
	const struct progress_attempt *want;
	int64_t last, last_answered;	/* rows of unfinished attempts of that run */
	bool other;			/* there is an unfinished attempt of another run */
};

static bool same_run(const struct progress_attempt *a, const struct progress_attempt *b)
{
	return a->variant == b->variant && a->seed == b->seed && !strcmp(a->options, b->options);
}

static bool has_answer(const char *inputs)
{
	return !strncmp(inputs, "answer ", 7) || strstr(inputs, "\nanswer ");
}

/* Called in the order of .n: an ended attempt discards the earlier candidates. */
static int look_at(void *arg, const struct progress_attempt *a)
{
	struct candidates *c = arg;

	if (!same_run(a, c->want)) {
		c->other |= !a->ended;
		return 0;
	}
	if (a->ended) {
		c->last = c->last_answered = 0;
		return 0;
	}
	c->last = a->row;
	if (has_answer(a->inputs))
		c->last_answered = a->row;
	return 0;
}

int progress_resume(struct progress *p, const struct progress_attempt *want, struct progress_attempt *out,
		    enum progress_found *found)
{
	struct candidates c = { .want = want };
	int64_t row;
	int err = progress_attempts(p, want->course, want->lesson, look_at, &c);

	*found = c.other ? PROGRESS_OTHER_RUN : PROGRESS_NONE;
	memset(out, 0, sizeof(*out));
	row = c.last_answered ? c.last_answered : c.last;
	if (err || !row)
		return err;
	if (!progress_claim(p, row)) {
		*found = PROGRESS_IN_USE;
		return 0;
	}
	err = load_attempt(p, row, out);	/* read again after the claim */
	if (!err && !out->ended) {
		*found = PROGRESS_RESUMED;
		return 0;
	}
	progress_unclaim(p, row);
	progress_attempt_fini(out);
	return err == -ENOENT ? 0 : err;
}

void progress_release(struct progress *p, const struct progress_attempt *a)
{
	progress_unclaim(p, a->row);
}

/* ---- saving ---------------------------------------------------------------------------------------- */

int progress_next_n(struct progress *p, const struct progress_attempt *a, uint32_t *n)
{
	sqlite3_stmt *st;
	int64_t last = 0;
	int err = progress_query(p, &st, "SELECT max(n) FROM attempt WHERE course = ?1 AND lesson = ?2", "tt",
				 a->course, a->lesson);

	if (!err)
		err = progress_number(st, &last);
	*n = last > 0 && last < UINT32_MAX ? (uint32_t)last + 1 : 1;
	return err;
}

struct moving {
	struct progress *p;
	int64_t to;
};

static int move_answer(void *arg, const struct progress_answer *a)
{
	struct moving *m = arg;
	struct progress_answer copy = *a;

	copy.attempt = m->to;
	return progress_insert(m->p, &progress_answer_table, &copy);
}

/* Writes a new attempt; @was: the row whose answers are copied to it, 0 = none. */
static int add_attempt(struct progress *p, struct progress_attempt *a, int64_t was)
{
	struct moving m = { .p = p };
	int err = progress_next_n(p, a, &a->n);

	if (!err)
		err = progress_insert(p, &progress_attempt_table, a);
	m.to = a->row;
	if (!err && was)
		err = progress_answers(p, was, move_answer, &m);
	if (!err)
		progress_claim(p, a->row);
	return err;
}

static int write_attempt(struct progress *p, struct progress_attempt *a)
{
	int64_t was = a->row;
	int err;

	if (was && a->sum == progress_sum(&progress_attempt_table, a))
		return 0;
	err = was ? progress_update(p, &progress_attempt_table, a, a->sum) : -ESTALE;

	if (err == -ESTALE)
		err = add_attempt(p, a, was);
	return err;
}

static int write_answers(struct progress *p, int64_t attempt, struct progress_answer *answers, size_t nr)
{
	int err = 0;
	size_t i;

	for (i = 0; i < nr && !err; i++) {
		if (!answers[i].question[0] || !answers[i].ordinal)
			return -EINVAL;
		answers[i].attempt = attempt;
		err = progress_insert(p, &progress_answer_table, &answers[i]);
		if (err == -EEXIST)	/* the first answer stays */
			err = 0;
	}
	return err;
}

int progress_save(struct progress *p, struct progress_attempt *a, struct progress_answer *answers, size_t nr)
{
	struct progress_attempt before = *a;
	int err;

	if (!a->course[0] || !a->lesson[0])
		return -EINVAL;
	err = progress_begin(p);
	if (err)
		return err;
	err = write_attempt(p, a);
	if (!err)
		err = write_answers(p, a->row, answers, nr);
	err = progress_finish(p, err);
	if (err) {
		if (a->row != before.row)
			progress_unclaim(p, a->row);
		*a = before;
	} else {
		if (before.row && before.row != a->row)
			progress_unclaim(p, before.row);
		a->sum = progress_sum(&progress_attempt_table, a);
	}
	return err;
}

int progress_add_practice(struct progress *p, struct progress_practice *a)
{
	int err;

	if (!a->course[0] || !a->lesson[0] || !a->question[0])
		return -EINVAL;
	err = progress_begin(p);
	if (err)
		return err;
	err = progress_insert(p, &progress_practice_table, a);
	return progress_finish(p, err == -EEXIST ? 0 : err);
}

/* ---- summary ----------------------------------------------------------------------------------------- */

struct tally {
	struct progress *p;
	struct progress_summary *out;
};

struct score {
	uint32_t answered, right;
};

static int count_answer(void *arg, const struct progress_answer *a)
{
	struct score *s = arg;

	if (a->ordinal == 1) {
		s->answered++;
		s->right += a->right == 1;
	}
	return 0;
}

static int count_attempt(void *arg, const struct progress_attempt *a)
{
	struct tally *t = arg;
	struct progress_summary *out = t->out;
	struct score s = { 0 };
	int err = progress_answers(t->p, a->row, count_answer, &s);

	out->attempts++;
	out->finished += a->ended;
	if (s.answered >= out->answered) {
		out->answered = s.answered;
		out->right = s.right;
		out->total = a->total;
		out->ended = a->ended;
	}
	if (a->ended && s.right > out->best)
		out->best = s.right;
	return err;
}

static int count_earlier(void *arg, const struct progress_earlier *e)
{
	struct progress_summary *out = arg;

	out->finished += e->finished;
	if (e->best > out->best)
		out->best = e->best;
	return 0;
}

int progress_summarize(struct progress *p, const char *course, const char *lesson, struct progress_summary *out)
{
	struct tally t = { p, out };
	int err;

	memset(out, 0, sizeof(*out));
	err = progress_attempts(p, course, lesson, count_attempt, &t);
	if (!err)
		err = progress_earlier(p, course, lesson, count_earlier, out);
	return err ? err : out->attempts || out->finished ? 0 : -ENOENT;
}

/* ---- bookmarks ------------------------------------------------------------------------------------------ */

int progress_mark(struct progress *p, struct progress_mark *m)
{
	int err;

	if (!m->course[0] || !m->lesson[0] || !m->event)
		return -EINVAL;
	err = progress_begin(p);
	if (err)
		return err;
	err = progress_run(p, "DELETE FROM mark WHERE course = ?1 AND lesson = ?2 AND variant = ?3 AND seed = ?4"
			   " AND options = ?5 AND hash = ?6 AND event = ?7", "ttiitti", m->course, m->lesson,
			   m->variant, m->seed, m->options, m->hash, m->event);
	if (!err)
		err = progress_insert(p, &progress_mark_table, m);
	return progress_finish(p, err);
}

int progress_unmark(struct progress *p, int64_t row)
{
	int err = progress_run(p, "DELETE FROM mark WHERE row = ?1", "i", (uint64_t)row);

	return err ? err : sqlite3_changes(p->db) ? 0 : -ENOENT;
}

/* ---- reset and erase ---------------------------------------------------------------------------------------- */

int progress_reset(struct progress *p, const char *course, const char *lesson)
{
	struct progress_log l = { .what = "reset" };
	int err = progress_begin(p), n = 0;

	if (err)
		return err;
	snprintf(l.course, sizeof(l.course), "%s", course);
	snprintf(l.lesson, sizeof(l.lesson), "%s", lesson);
	err = progress_run(p, "DELETE FROM answer WHERE attempt IN"
			   " (SELECT row FROM attempt WHERE course = ?1 AND lesson = ?2)", "tt", course, lesson);
	if (!err)
		err = progress_run(p, "DELETE FROM attempt WHERE course = ?1 AND lesson = ?2", "tt", course, lesson);
	n = sqlite3_changes(p->db);
	if (!err)
		err = progress_run(p, "DELETE FROM earlier WHERE course = ?1 AND lesson = ?2", "tt", course, lesson);
	n += sqlite3_changes(p->db);
	if (!err)
		err = progress_run(p, "DELETE FROM practice WHERE course = ?1 AND lesson = ?2", "tt", course, lesson);
	n += sqlite3_changes(p->db);
	if (!err && n)
		err = progress_insert(p, &progress_log_table, &l);
	err = progress_finish(p, err);
	return err ? err : n ? 0 : -ENOENT;
}

int progress_erase(struct progress *p, void (*removed)(void *arg, const char *path), void *arg)
{
	int err = progress_sql(p, "PRAGMA secure_delete=ON");	/* answers are personal: overwrite them */

	if (!err)
		err = progress_begin(p);
	if (err)
		return err;
	err = progress_sql(p, "DELETE FROM answer; DELETE FROM attempt; DELETE FROM practice; DELETE FROM mark;"
			   " DELETE FROM earlier; DELETE FROM log");
	err = progress_finish(p, err);
	if (!err)
		err = progress_remove_copies(p, removed, arg);
	return err ? err : progress_sql(p, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}
