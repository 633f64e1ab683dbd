/*
 * tests/fuzz/fuzz_kws.c - whatever the text, scenario, facts and kernel log readers end.
 *
 * With clang -fsanitize=fuzzer a libFuzzer target.  The input is a scenario, a zero
 * byte, its facts, a zero byte, lines of a kernel log.
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "conform/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void judge(const struct kws *k, const char *facts, size_t facts_len, char *log_text)
{
	struct rec_point at = { 0, 1 };
	struct record r;
	struct facts f;
	struct klog log;
	char err[300];

	if (facts_parse(&f, k, "f", facts, facts_len, err, sizeof(err)))
		return;
	record_init(&r, k);
	for (char *save, *line = strtok_r(log_text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		record_text(&r, &r.log, (struct rec_who){ -1, 0 }, at, line);
	klog_read(&log, &r);
	for (size_t i = 0; i < f.nr; i++) {
		STRBUF(seen, 200);

		if (fact_check(&f, i, &r, &log, &seen) == FACT_MALFORMED)
			abort();	/* facts_parse() must have refused it */
	}
	facts_unspoken_warning(&f, &r);
	klog_fini(&log);
	record_fini(&r);
	facts_fini(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct kws k;
	char *text = malloc(n + 3), err[300], *facts, *log;
	size_t len, facts_len;

	memcpy(text, data, n);
	memset(text + n, 0, 3);
	len = strlen(text);
	facts = text + len + (len < n);
	facts_len = strlen(facts);
	log = facts + facts_len + (facts + facts_len < text + n);
	if (!kws_parse(&k, "s.kws", text, len, err, sizeof(err))) {
		judge(&k, facts, facts_len, log);
		kws_fini(&k);
	} else if (strncmp(err, "s.kws:", 6)) {
		abort();	/* refused without a line */
	}
	free(text);
	return 0;
}
