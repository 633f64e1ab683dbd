/*
 * conform/conform_internal.h - marks that the runner puts into the trace for the record.
 *
 * A step is a CALL and a RETURN event; the name of its function is the text of the step.
 * The names below mark everything else, and no step can have them.
 *
 * Lives here:   the names.   Licence: MIT.
 */
#ifndef KW_CONFORM_INTERNAL_H
#define KW_CONFORM_INTERNAL_H

#define MARK_BEGIN "conform begins"		/* t=0 */
#define MARK_END "conform ends"			/* all actors and items are done */
#define MARK_TIMEOUT "conform gives up"
#define MARK_ALLOWED "conform allowed "		/* MASK NICE: of the worker that runs this item */
#define MARK_QUEUE "conform queue "		/* NAME ID: the workqueue of the system with that id has this name */
#define MARK_ENTER "conform enter "		/* NAME: that handler runs here from now on */
#define MARK_LEAVE "conform leave "		/* NAME: to here */
#define MARK_SYSFS "conform sysfs "		/* Q:FILE = TEXT */
#define MARK_NO_QUEUE "conform no queue"	/* a step on a queue that could not be created */

#endif
