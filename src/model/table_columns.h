/*
 * model/table_columns.h - the tables with a row for each workqueue, pool or thread, by column.
 *
 * A column is one row of an array in table_columns.c.  `kworkshop inspect`, the views of
 * the screen and the line mode all print it from there.
 *
 * Lives here:   the columns, and their cells as text.
 * Never here:   colours, boxes; the other sections of wq_dump (tables.c).
 * Rules: R3.13, R3.14, R12.15, R12.16.   Licence: MIT.
 */
#ifndef KW_MODEL_TABLE_COLUMNS_H
#define KW_MODEL_TABLE_COLUMNS_H

#include "base/strbuf.h"
#include "model/tables.h"

struct table_row {
	const struct model *m;
	const struct trace_store *s;
	uint32_t id;
	int id_digits, ref_digits;	/* of pools: the largest widths in this table */
};

enum table_rank {
	COLUMN_KEY,			/* always shown */
	COLUMN_REST,			/* the tool has it too; the screen omits it if there is no room */
	COLUMN_OURS			/* not in the tool; on the screen only */
};

struct table_column {
	const char *title;		/* NULL: the cell contains its own label, as in wq_dump */
	int width;			/* minimum; negative: flush left; 0: the cell's length */
	enum table_rank rank;
	void (*cell)(const struct table_row *row, struct strbuf *out);
};

struct table {
	enum trace_class cls;		/* the class of its rows */
	const struct table_column *columns;
	unsigned int nr;
	bool heading;			/* has a line of titles */
	bool blank;			/* the tool prints a blank at the end of each row */
};

extern const struct table table_of_wqs, table_of_pools, table_of_threads;

/*
 * table_rows - ids of the rows of @t at this time, in the order of the tool
 * @ids: room for table_rows_max() ids
 * Return: number of rows.
 */
uint32_t table_rows(const struct table *t, const struct model *m, const struct trace_store *s, uint32_t *ids);
uint32_t table_rows_max(const struct table *t, const struct model *m);
void table_row_init(struct table_row *row, const struct table *t, const struct model *m, const struct trace_store *s);

/* One cell of row @row->id, padded to its width; the title if @row is NULL. */
void table_cell(const struct table_column *c, const struct table_row *row, struct strbuf *out);
/* A line in the form of the tool; the titles if @row is NULL. */
void table_line(const struct table *t, const struct table_row *row, struct strbuf *out);

#endif
