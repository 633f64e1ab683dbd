/*
 * classroom/identity.h - the student's id, and the variant that follows from it.
 *
 * The id comes from `--student`, else from KWORKSHOP_ID, else from the config
 * file.  Without an id the variant is 0.
 *
 * Lives here:   the order of the three sources, the formula of the variant.
 * Never here:   the file (config.h), the parameters that a lesson computes from its variant (lua/).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_IDENTITY_H
#define KW_CLASSROOM_IDENTITY_H

#include <stdint.h>

#include "classroom/config.h"

#define IDENTITY_VARIANTS 10000u	/* a variant is 0..9999 */

struct identity {
	char id[CONFIG_ID_BYTES];	/* "" = none; trimmed, lower case */
	const char *from;		/* "--student", "KWORKSHOP_ID", "the config file"; NULL = none */
};

/*
 * identity_settle - choose the id from its three sources
 * @flag:   value of --student, NULL = not given
 * @config: as config_read() left it
 * Return: 0; -EINVAL with a sentence that names the source in @err.
 */
int identity_settle(struct identity *out, const char *flag, const struct config *config, char *err, size_t err_size);

/*
 * identity_variant - FNV-1a-64 of "COURSE\nID\nSLUG" modulo 10,000
 * @id: "" gives 0
 * Documented in docs/progress.md: a grader computes the same number from its roster.
 */
uint64_t identity_variant(const char *course, const char *id, const char *slug);

#endif
