/*
 * conform/marks.h - what the runner writes into the trace for the record to find.
 *
 * Steps are CALL and RETURN events whose function is named as the step is written.
 * These names, which no step can have, mark the rest.
 *
 * Lives here:   the names.   Licence: MIT.
 */
#ifndef KW_CONFORM_MARKS_H
#define KW_CONFORM_MARKS_H

#define MARK_BEGIN "conform begins"		/* t=0 */
#define MARK_END "conform ends"			/* all done */
#define MARK_TIMEOUT "conform gives up"
#define MARK_ALLOWED "conform allowed "		/* MASK NICE: of the worker that runs this item */
#define MARK_SYSFS "conform sysfs "		/* Q:FILE = TEXT */
#define MARK_NO_QUEUE "conform no queue"	/* a step on a queue that could not be made */

#endif
