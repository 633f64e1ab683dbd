/*
 * tests/conf_sysfs.c - the files of workqueues in /sys.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <errno.h>
#include <string.h>

static struct item a, b;
static struct workqueue_struct *q, *plain, *line;

/* Row: workqueue, file, what is written (NULL: read), result, the text afterwards (NULL: no such file). */
struct row {
	const char *wq, *file, *value;
	int ret;
	const char *text;
};
static const struct row *rows;
static unsigned int wrong;

static void do_rows(void)
{
	const struct row *r;
	char text[64];
	int ret;

	for (r = rows; r->file; r++) {
		ret = r->value ? wq_sysfs_write(r->wq, r->file, r->value) : 0;
		if (ret != r->ret) {
			test_note("%s/%s <- %s gives %d", r->wq, r->file, r->value, ret);
			wrong++;
		}
		ret = wq_sysfs_read(r->wq, r->file, text, sizeof(text));
		if (r->text ? ret != (int)strlen(text) || strcmp(text, r->text) : ret != -ENOENT) {
			test_note("%s/%s is %s (%d) after %s", r->wq, r->file, text, ret, r->value);
			wrong++;
		}
	}
}

static void play(struct world *w, int cpus, const struct row *r)
{
	struct machine_config cfg = world_config(cpus);

	cfg.nr_nodes = 2;
	cfg.cpus_per_llc = 2;
	rows = r;
	wrong = 0;
	world_start(w, &cfg);
	settle(w);
	make_wq("bound", WQ_SYSFS, 3);
	q = make_wq("un", WQ_SYSFS | WQ_UNBOUND, 0);
	plain = make_wq("plain", WQ_UNBOUND, 0);
	line = make_wq("line", WQ_UNBOUND | WQ_INT_ORDERED, 1);
	item_init(&a, "a", STEPS(BURN(1)));
	item_init(&b, "b", STEPS(BURN(1)));
}

/* RULE(R12.10). The files, their contents, and the values that can be written. */
static void a_directory_has_the_files_and_values_of_the_kernel(void)
{
	static const struct row r[] = {
		{ "bound", "per_cpu", NULL, 0, "1" },
		{ "bound", "per_cpu", "0", -EACCES, "1" },
		{ "bound", "max_active", NULL, 0, "3" },
		{ "bound", "max_active", "7", 0, "7" },
		{ "bound", "max_active", "0", -EINVAL, "7" },
		{ "bound", "max_active", "-4", -EINVAL, "7" },
		{ "bound", "max_active", "many", -EINVAL, "7" },
		{ "bound", "max_active", "9999", 0, "512" },
		{ "bound", "nice", "3", -ENOENT, NULL },
		{ "bound", "cpumask", NULL, 0, NULL },
		{ "un", "per_cpu", NULL, 0, "0" },
		{ "un", "nice", "-7", 0, "-7" },
		{ "un", "nice", "20", -EINVAL, "-7" },
		{ "un", "nice", "-21", -EINVAL, "-7" },
		{ "un", "cpumask", NULL, 0, "f" },
		{ "un", "cpumask", "6", 0, "6" },
		{ "un", "cpumask", "00000000,00000009", 0, "9" },
		{ "un", "cpumask", "10", -EOVERFLOW, "9" },
		{ "un", "cpumask", "z", -EINVAL, "9" },
		{ "un", "cpumask", "", -EINVAL, "9" },
		{ "un", "affinity_strict", NULL, 0, "0" },
		{ "un", "affinity_strict", "1", 0, "1" },
		{ "un", "affinity_strict", "yes", -EINVAL, "1" },
		{ "un", "pool_ids", "1", -ENOENT, NULL },
		{ "plain", "max_active", "1", -ENOENT, NULL },
		{ "line", "max_active", "2", -ENOENT, NULL },
		{ "nobody", "max_active", "2", -ENOENT, NULL },
		{ NULL, NULL, NULL, 0, NULL }
	};
	struct world w;

	play(&w, 4, r);
	actor("root", 0, STEPS(CALL(do_rows)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_FALSE(wrong);
	CHECK_INT(field(&w, EV_WQ_MAX_ACTIVE, "bound", 1, "max_active"), 7);
	world_stop(&w);
}

/* RULE(R9.12). Names of scopes are accepted in either case, and with any letters after the name. */
static void scopes_are_written_by_name(void)
{
	static const struct row r[] = {
		{ "un", "affinity_scope", NULL, 0, "default (cache)" },
		{ "un", "affinity_scope", "NUMA", 0, "numa" },
		{ "un", "affinity_scope", "cachexyz", 0, "cache" },
		{ "un", "affinity_scope", "cach", -EINVAL, "cache" },
		{ "un", "affinity_scope", "system", 0, "system" },
		{ "un", "affinity_scope", "smt\n", 0, "smt" },
		{ "un", "affinity_scope", "default", 0, "default (cache)" },
		{ NULL, NULL, NULL, 0, NULL }
	};
	struct world w;

	play(&w, 4, r);
	actor("root", 0, STEPS(CALL(do_rows)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_FALSE(wrong);
	CHECK_INT(workqueue_parse_scope("cPu"), WQ_AFFN_CPU);
	CHECK_INT(workqueue_parse_scope(""), -EINVAL);
	world_stop(&w);
}

static void queue_both(void)
{
	queue_work_on(0, q, WORK(&a));
	queue_work_on(3, q, WORK(&b));
}

/* RULE(R9.14). wq_unbound_cpumask cannot be empty, is kept, and applies to every unbound workqueue. */
static void the_mask_of_all_moves_every_unbound_queue(void)
{
	static const struct row r[] = {
		{ NULL, "cpumask", NULL, 0, "f" },
		{ NULL, "cpumask_isolated", "1", -EACCES, "0" },
		{ NULL, "cpumask", "0", -EINVAL, "f" },
		{ NULL, "cpumask", "8", 0, "8" },
		{ NULL, "cpumask_requested", NULL, 0, "8" },
		{ "un", "cpumask", NULL, 0, "f" },
		{ "un", "cpumask", "3", 0, "3" },
		{ NULL, "nice", "3", -ENOENT, NULL },
		{ NULL, NULL, NULL, 0, NULL }
	};
	struct trace_event ev;
	struct world w;
	unsigned int i, n;

	play(&w, 4, r);
	actor("root", 0, STEPS(CALL(do_rows), CALL(queue_both)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_FALSE(wrong);
	n = count(&w, EV_EXECUTE_START, "a") + count(&w, EV_EXECUTE_START, "b");
	CHECK_INT(n, 2);
	for (i = 0; i < 2; i++) {
		CHECK_TRUE(find(&w, EV_EXECUTE_START, i ? "b" : "a", 1, &ev));
		CHECK_INT(ev.cpu, 3);	/* 3 and 8 have no CPU in common: the mask of all wins (R9.3) */
	}
	world_stop(&w);
}

static struct workqueue_struct *again;
static int result[6];

static void register_them(void)
{
	result[5] = wq_sysfs_write("plain", "nice", "-3");
	result[0] = workqueue_sysfs_register(plain);
	result[1] = workqueue_sysfs_register(plain);
	result[2] = workqueue_sysfs_register(line);
	again = alloc_workqueue("plain", WQ_SYSFS, 0);
	result[3] = wq_sysfs_write("plain", "nice", "-3");
	destroy_workqueue(plain);
	result[4] = wq_sysfs_write("plain", "nice", "-4");
}

/*
 * RULE(R5.26, R12.10). A directory can be added later: once for a name, never for an ordered
 * workqueue; destroy_workqueue() removes it.
 */
static void a_workqueue_gets_its_directory_later(void)
{
	static const struct row none[] = { { NULL, NULL, NULL, 0, NULL } };
	struct world w;

	play(&w, 2, none);
	actor("root", 0, STEPS(CALL(register_them)));
	CHECK_INT(world_run(&w, 1000), STOP_IDLE);
	CHECK_INT(result[5], -ENOENT);
	CHECK_INT(result[0], 0);
	CHECK_INT(result[1], -EEXIST);
	CHECK_INT(result[2], -EINVAL);
	CHECK_FALSE(again);
	CHECK_INT(count(&w, EV_WQ_REFUSED, NULL), 1);
	CHECK_INT(result[3], 0);
	CHECK_INT(result[4], -ENOENT);
	CHECK_INT(count(&w, EV_WQ_SYSFS, "plain"), 1);
	CHECK_INT(count(&w, EV_BUG, NULL), 3);
	world_stop(&w);
}

const struct test_case suite_conf_sysfs[] = {
	T(a_directory_has_the_files_and_values_of_the_kernel),
	T(scopes_are_written_by_name),
	T(the_mask_of_all_moves_every_unbound_queue),
	T(a_workqueue_gets_its_directory_later),
	{ NULL, NULL }
};
