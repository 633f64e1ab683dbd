/*
 * main.c - table of contents: which rooms the program has and who is told about whom.
 *
 * Lives here:   wiring.
 * Never here:   logic of any kind.
 * Read next:    docs/tour.md.   Licence: MIT.
 */
int main(void)
{
	return 0;
}
