/*
 * classroom/identity.c - see identity.h.   Licence: MIT.
 */
#include "classroom/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "words/texts.h"

int identity_settle(struct identity *out, const char *flag, const struct config *config, char *err, size_t err_size)
{
	const char *variable = getenv("KWORKSHOP_ID");
	char why[160];
	int rc;

	memset(out, 0, sizeof(*out));
	if (!flag && (!variable || !*variable)) {
		memcpy(out->id, config->id, sizeof(out->id));
		out->from = out->id[0] ? W(CONFIG_FILE) : NULL;
		return 0;
	}
	out->from = flag ? "--student" : "KWORKSHOP_ID";
	rc = config_check_id(flag ? flag : variable, out->id, why, sizeof(why));
	if (rc)
		snprintf(err, err_size, "%s: %s", out->from, why);
	return rc;
}

uint64_t identity_variant(const char *course, const char *id, const char *slug)
{
	uint64_t hash = RNG_FNV_BEGIN;

	if (!*id)
		return 0;
	hash = rng_fnv(hash, course, strlen(course));
	hash = rng_fnv(hash, "\n", 1);
	hash = rng_fnv(hash, id, strlen(id));
	hash = rng_fnv(hash, "\n", 1);
	return rng_fnv(hash, slug, strlen(slug)) % IDENTITY_VARIANTS;
}
