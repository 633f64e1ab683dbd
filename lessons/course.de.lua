-- course.de.lua: the headings of course.lua in German.
return translation {
  title = "Workqueues mit Concurrency-Management",
  parts = {
    "Hier beginnen",
    "Labor 1: die Idee",
    "Labor 2: wie der Pool entscheidet",
    "Labor 3: anhalten und überleben",
    "Labor 4: mehr als eine CPU",
    "Labor 5: im Einsatz",
  },
}
