/*
 * conform/facts.c - reads a facts file, with hard and soft facts.
 *
 * Lives here:   reading the file, marking soft lines, the time from which a CPU is shared.
 * Never here:   the forms of facts (fact_forms.c).
 * Licence: MIT.
 */
#include "conform/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

static bool demoted(const struct kws *k, const char *fact)
{
	for (unsigned int i = 0; i < k->nr_demoted; i++)
		if (!strcmp(k->demoted[i], fact))
			return true;
	return false;
}

/* The measured time of start(@run), or -1. */
static int64_t measured_start(const struct facts *f, const char *run, size_t n)
{
	for (size_t i = 0; i < f->nr; i++) {
		const char *p = f->v[i].text;

		if (strncmp(p, "at start(", 9) || strncmp(p + 9, run, n) || strncmp(p + 9 + n, ") = ", 4))
			continue;
		return strtoll(p + 13 + n, NULL, 10) * 1000000;
	}
	return -1;
}

/* "cpu_shared cpu=1 w0#1 w1#1": the CPU is shared from the start of the second run on. */
static void find_sharing(struct facts *f)
{
	f->shared_from_ns = INT64_MAX;
	for (size_t i = 0; i < f->nr; i++) {
		const char *a, *b;
		int64_t from_a, from_b;

		if (strncmp(f->v[i].text, "cpu_shared ", 11))
			continue;
		a = strchr(f->v[i].text + 11, ' ');
		b = a ? strchr(a + 1, ' ') : NULL;
		if (!b)
			continue;
		from_a = measured_start(f, a + 1, (size_t)(b - a - 1));
		from_b = measured_start(f, b + 1, strlen(b + 1));
		if (from_b > from_a)
			from_a = from_b;
		if (from_a < f->shared_from_ns)
			f->shared_from_ns = from_a;
	}
}

static int add_line(struct facts *f, size_t *cap, char *line, int number)
{
	bool soft = !strncmp(line, "~ ", 2);

	if (!*line || *line == '#')
		return 0;
	if (f->nr == *cap) {
		size_t more = *cap ? *cap * 2 : 64;
		void *v = realloc(f->v, more * sizeof(*f->v));

		if (!v)
			return -ENOMEM;
		f->v = v;
		*cap = more;
	}
	if (soft)
		line += 2;
	f->v[f->nr++] = (struct fact){ number, soft || demoted(f->k, line), line };
	return 0;
}

int facts_parse(struct facts *f, const struct kws *k, const char *path, const char *text, size_t len, char *err,
		size_t err_size)
{
	size_t cap = 0;
	int line = 0, ret = 0;

	memset(f, 0, sizeof(*f));
	f->k = k;
	f->text = malloc(len + 1);
	if (!f->text)
		return -ENOMEM;
	memcpy(f->text, text, len);
	f->text[len] = '\0';
	for (char *p = f->text, *next; p && !ret; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = '\0';
		ret = add_line(f, &cap, p, ++line);
	}
	find_sharing(f);
	for (size_t i = 0; i < f->nr && !ret; i++) {
		STRBUF(seen, 200);

		if (fact_check(f, i, NULL, NULL, &seen) == FACT_MALFORMED) {
			snprintf(err, err_size, "%s:%d: %s", path, f->v[i].line, seen.buf);
			ret = -EINVAL;
		}
	}
	if (ret)
		facts_fini(f);
	return ret;
}

int facts_load(struct facts *f, const struct kws *k, const char *path, char *err, size_t err_size)
{
	char *text;
	size_t len;
	int ret = kws_read_file(path, &text, &len);

	if (ret) {
		snprintf(err, err_size, "%s: %s", path, strerror(-ret));
		return ret;
	}
	ret = facts_parse(f, k, path, text, len, err, err_size);
	free(text);
	return ret;
}

void facts_fini(struct facts *f)
{
	free(f->text);
	free(f->v);
	f->text = NULL;
	f->v = NULL;
	f->nr = 0;
}

enum fact_result fact_check(const struct facts *f, size_t i, const struct record *r, const struct klog *log,
			    struct strbuf *seen)
{
	struct fact_form c = {
		.f = f, .k = f->k, .r = r, .log = log, .whole = f->v[i].text, .p = f->v[i].text,
		.seen = seen,
	};
	enum fact_result result = fact_judge(&c);
	bool time = !strncmp(c.whole, "at ", 3) || !strncmp(c.whole, "elapsed ", 8);

	return result == FACT_FAILS && f->v[i].soft && !time ? FACT_DIFFERS : result;
}

size_t facts_unspoken_warning(const struct facts *f, const struct record *r)
{
	bool lockups = false;

	for (size_t i = 0; i < f->nr; i++)
		lockups |= !strncmp(f->v[i].text, "lockups = ", 10);
	for (size_t n = 0; n < r->log.nr; n++) {
		STRBUF(line, 512);
		bool spoken = false;

		klog_normal(r->log.v[n].text, &line);
		if (!klog_is_warning(line.buf) || (lockups && !strncmp(line.buf, "BUG: workqueue lockup", 21)))
			continue;
		/* our engine always checks waits, a real kernel only if built with lockdep */
		if (klog_is_lock_report(line.buf) && f->k->kernel != KERNEL_LOCKDEP)
			continue;
		for (size_t i = 0; i < f->nr && !spoken; i++) {
			STRBUF(fact, 512);

			if (strncmp(f->v[i].text, "kernel_log ", 11))
				continue;
			klog_normal(f->v[i].text + 11, &fact);
			spoken = !strcmp(fact.buf, line.buf) ||
				 (klog_is_lock_report(line.buf) && !strncmp(line.buf, fact.buf, fact.len));
		}
		if (!spoken)
			return n + 1;
	}
	return 0;
}

/* Which items a report lists may depend on the moment; the queues, pools and lockups in it do not. */
static bool lists_items(const char *report)
{
	return strstr(report, ": in-flight: ") || strstr(report, ": pending: ") || strstr(report, ": inactive: ");
}

const char *facts_unlisted_report(const struct facts *f, const struct klog *log)
{
	for (size_t n = 0; n < log->nr; n++) {
		bool listed = log->v[n].soft || lists_items(log->v[n].text);

		/* our engine always checks waits (facts_unspoken_warning()) */
		if (!strncmp(log->v[n].text, "lockdep ", 8) && f->k->kernel != KERNEL_LOCKDEP)
			continue;
		for (size_t i = 0; i < f->nr && !listed; i++)
			listed = !strcmp(f->v[i].text, log->v[n].text);
		if (!listed)
			return log->v[n].text;
	}
	return NULL;
}
