# Times sna::brokerage on graphs given as CSV and writes its counts.
#
#   Rscript brokerage_by_sna.R ties.csv groups.csv counts.csv
#
# ties.csv: graph, i, j (from 0); groups.csv: group of each actor, in order. Standard output: median processor seconds of several
# runs over all graphs, of brokerage() alone.

suppressMessages({library(network); library(sna)})
given <- commandArgs(trailingOnly = TRUE)
ties <- read.csv(given[1])
groups <- read.csv(given[2])$group
n <- length(groups)
matrices <- lapply(split(ties, ties$graph), function(own) {
  a <- matrix(0, n, n)
  a[cbind(own$i + 1, own$j + 1)] <- 1
  a
})
runs <- if (length(matrices) * n * n > 1e6) 1 else 5
seconds <- numeric()
for (k in seq_len(runs)) {
  seconds <- c(seconds, sum(system.time(found <- lapply(matrices, function(a) brokerage(a, groups)$raw.nli))[1:2]))
}
counts <- do.call(rbind, found)
colnames(counts) <- c("coordinator", "itinerant", "representative", "gatekeeper", "liaison", "brokerage")
counts <- cbind(graph = rep(as.integer(names(found)), each = n), actor = rep(seq_len(n) - 1, length(found)), counts)
write.csv(counts, given[3], row.names = FALSE)
cat(median(seconds), "\n")
cat("sna", as.character(packageVersion("sna")), "on", R.version.string, "\n")
