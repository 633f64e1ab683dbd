/*
 * workqueue/sysfs.c - /sys/devices/virtual/workqueue: attributes that can be read and written.
 *
 * A workqueue with WQ_SYSFS, or registered later, has a directory of files with one value each.
 * Three more files contain the CPUs on which unbound items may run.  There is no file system
 * here: a path is the name of a workqueue and the name of a file, and two functions read and
 * write it with the results of the real files.
 *
 * Lives here:   the files, reading and writing their text.
 * Never here:   applying a new value (active.c, unbound.c), module parameters (system.c).
 * Read before:  unbound.c.      Rules: R5.26, R9.12..R9.14, R12.10, R12.11.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/strbuf.h"

struct wq_file {
	const char *name;
	bool unbound;		/* the file exists for unbound workqueues only */
	void (*show)(struct workqueue_struct *wq, struct strbuf *out);
	int (*store)(struct workqueue_struct *wq, const char *text);	/* NULL = read-only */
};

/* ---- words and numbers ----------------------------------------------------------- */

static const char *const scope_names[WQ_AFFN_NR_TYPES] = {
	[WQ_AFFN_DFL] = "default", [WQ_AFFN_CPU] = "cpu", [WQ_AFFN_SMT] = "smt",
	[WQ_AFFN_CACHE] = "cache", [WQ_AFFN_NUMA] = "numa", [WQ_AFFN_SYSTEM] = "system",
};

/* R9.12: a text that begins with the name of a scope, in any case, is that scope. */
int workqueue_parse_scope(const char *text)
{
	int i;

	for (i = 0; i < WQ_AFFN_NR_TYPES; i++)
		if (!strncasecmp(text, scope_names[i], strlen(scope_names[i])))
			return i;
	return -EINVAL;
}

static int parse_int(const char *text, long *value)
{
	char *end;

	*value = strtol(text, &end, 10);
	return end == text ? -EINVAL : 0;
}

/* Hexadecimal, in groups of 32 bits separated by commas; an empty text is invalid. */
static int parse_mask(const char *text, struct cpumask *mask)
{
	int digits = 0;

	for (mask->bits = 0; *text && *text != '\n'; text++) {
		int c = tolower((unsigned char)*text);

		if (c == ',' && digits)
			continue;
		if (!isxdigit(c))
			return -EINVAL;
		if (mask->bits >> 60)
			return -EOVERFLOW;
		mask->bits = mask->bits << 4 | (uint64_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
		digits++;
	}
	if (!digits)
		return -EINVAL;
	return cpumask_subset(*mask, cpu_possible_mask()) ? 0 : -EOVERFLOW;
}

/* With as many digits as the CPUs of the machine need. */
void show_mask(struct cpumask mask, struct strbuf *out)
{
	int nr = nr_cpu_ids();

	if (nr > 32)
		strbuf_printf(out, "%0*x,%08x", (nr - 32 + 3) / 4, (unsigned int)(mask.bits >> 32),
			      (unsigned int)mask.bits);
	else
		strbuf_printf(out, "%0*x", (nr + 3) / 4, (unsigned int)mask.bits);
}

/* ---- a workqueue's files (R12.10); pool_mutex held ------------------------------------ */

static void show_per_cpu(struct workqueue_struct *wq, struct strbuf *out)
{
	strbuf_printf(out, "%d", !(wq->flags & WQ_UNBOUND));
}

static void show_max_active(struct workqueue_struct *wq, struct strbuf *out)
{
	strbuf_printf(out, "%d", wq->saved_max_active);
}

static int store_max_active(struct workqueue_struct *wq, const char *text)
{
	long value;

	if (parse_int(text, &value) || value <= 0 || value > INT32_MAX)
		return -EINVAL;
	workqueue_set_max_active(wq, (int)value);
	return 0;
}

static void show_nice(struct workqueue_struct *wq, struct strbuf *out)
{
	strbuf_printf(out, "%d", wq->unbound_attrs->nice);
}

static int store_nice(struct workqueue_struct *wq, const char *text)
{
	struct workqueue_attrs attrs = *wq->unbound_attrs;
	long value;

	if (parse_int(text, &value) || value < -20 || value > 19)
		return -EINVAL;
	attrs.nice = (int)value;
	return apply_workqueue_attrs_locked(wq, &attrs);
}

static void show_cpumask(struct workqueue_struct *wq, struct strbuf *out)
{
	show_mask(wq->unbound_attrs->cpumask, out);
}

static int store_cpumask(struct workqueue_struct *wq, const char *text)
{
	struct workqueue_attrs attrs = *wq->unbound_attrs;
	int err = parse_mask(text, &attrs.cpumask);

	return err ? err : apply_workqueue_attrs_locked(wq, &attrs);
}

static void show_scope(struct workqueue_struct *wq, struct strbuf *out)
{
	enum wq_affn_scope scope = wq->unbound_attrs->affn_scope;

	strbuf_puts(out, scope_names[scope]);
	if (scope == WQ_AFFN_DFL)
		strbuf_printf(out, " (%s)", scope_names[wqe.default_scope]);
}

static int store_scope(struct workqueue_struct *wq, const char *text)
{
	struct workqueue_attrs attrs = *wq->unbound_attrs;
	int scope = workqueue_parse_scope(text);

	if (scope < 0)
		return scope;
	attrs.affn_scope = (enum wq_affn_scope)scope;
	return apply_workqueue_attrs_locked(wq, &attrs);
}

static void show_strict(struct workqueue_struct *wq, struct strbuf *out)
{
	strbuf_printf(out, "%d", wq->unbound_attrs->affn_strict);
}

static int store_strict(struct workqueue_struct *wq, const char *text)
{
	struct workqueue_attrs attrs = *wq->unbound_attrs;
	long value;

	if (parse_int(text, &value))
		return -EINVAL;
	attrs.affn_strict = value;
	return apply_workqueue_attrs_locked(wq, &attrs);
}

/* ---- the files of all (R12.11) -------------------------------------------------------------- */

static void show_all_cpumask(struct workqueue_struct *wq, struct strbuf *out)
{
	(void)wq;
	show_mask(wqe.unbound_cpumask, out);
}

static int store_all_cpumask(struct workqueue_struct *wq, const char *text)
{
	struct cpumask mask;
	int err = parse_mask(text, &mask);

	(void)wq;
	return err ? err : wq_set_unbound_cpumask_locked(mask);
}

static void show_all_requested(struct workqueue_struct *wq, struct strbuf *out)
{
	(void)wq;
	show_mask(wqe.requested_cpumask, out);
}

static void show_all_isolated(struct workqueue_struct *wq, struct strbuf *out)
{
	(void)wq;
	show_mask(wqe.isolated_cpumask, out);
}

/* ---- finding and using one ---------------------------------------------------------------------- */

static const struct wq_file wq_files[] = {
	{ "per_cpu", false, show_per_cpu, NULL },
	{ "max_active", false, show_max_active, store_max_active },
	{ "nice", true, show_nice, store_nice },
	{ "cpumask", true, show_cpumask, store_cpumask },
	{ "affinity_scope", true, show_scope, store_scope },
	{ "affinity_strict", true, show_strict, store_strict },
	{ NULL, false, NULL, NULL }
};

static const struct wq_file global_files[] = {
	{ "cpumask", false, show_all_cpumask, store_all_cpumask },
	{ "cpumask_requested", false, show_all_requested, NULL },
	{ "cpumask_isolated", false, show_all_isolated, NULL },
	{ NULL, false, NULL, NULL }
};

/* The directory is removed when destroy_workqueue() starts, the workqueue much later. */
static struct workqueue_struct *find_directory(const char *name)
{
	struct workqueue_struct *wq;

	list_for_each_entry(wq, &wqe.workqueues, list)
		if (wq->in_sysfs && !(wq->flags & WQ_INT_DESTROYING) && !strcmp(wq->name, name))
			return wq;
	return NULL;
}

/* pool_mutex held.  Returns why it cannot have a directory, NULL = it can. */
static const char *why_no_directory(struct workqueue_struct *wq, int *err)
{
	*err = -EINVAL;
	if (wq->flags & WQ_INT_ORDERED)
		return "an ordered workqueue cannot be in sysfs: its limits must not be changed";
	*err = -EEXIST;
	if (find_directory(wq->name))
		return "sysfs: cannot create duplicate filename '/devices/virtual/workqueue'";
	*err = 0;
	return NULL;
}

int workqueue_sysfs_register(struct workqueue_struct *wq)
{
	const char *why;
	int err;

	mutex_lock(&wqe.pool_mutex);
	why = why_no_directory(wq, &err);
	if (!why) {
		wq->in_sysfs = true;
		TRACE(WQ_SYSFS, .wq = wq->tid);
	}
	mutex_unlock(&wqe.pool_mutex);
	if (why)
		mach_warn_on(BUG_WQ_WARN, "workqueue_sysfs_register", 0, "workqueue: %s: %s", wq->name, why);
	return err;
}

/* pool_mutex held.  NULL: no such directory, or no such file in it. */
static const struct wq_file *find_file(const char *name, const char *file, struct workqueue_struct **wq)
{
	const struct wq_file *f = name ? wq_files : global_files;

	*wq = name ? find_directory(name) : NULL;
	if (name && !*wq)
		return NULL;
	for (; f->name; f++)
		if (!strcmp(f->name, file) && (!f->unbound || (*wq)->flags & WQ_UNBOUND))
			return f;
	return NULL;
}

int wq_sysfs_write(const char *name, const char *file, const char *value)
{
	const struct wq_file *f;
	struct workqueue_struct *wq;
	int ret;

	pwq_releases_wait();
	mutex_lock(&wqe.pool_mutex);
	f = find_file(name, file, &wq);
	ret = !f ? -ENOENT : !f->store ? -EACCES : f->store(wq, value);
	mutex_unlock(&wqe.pool_mutex);
	return ret;
}

int wq_sysfs_read(const char *name, const char *file, char *buf, size_t size)
{
	struct workqueue_struct *wq;
	const struct wq_file *f;
	struct strbuf out;

	strbuf_init(&out, buf, size);
	mutex_lock(&wqe.pool_mutex);
	f = find_file(name, file, &wq);
	if (f)
		f->show(wq, &out);
	mutex_unlock(&wqe.pool_mutex);
	return f ? (int)out.len : -ENOENT;
}
