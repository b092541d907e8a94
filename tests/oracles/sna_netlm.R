# Writes sna_netlm.json: MRQAP by double semi-partialling as R's sna computes it.
#
#   Rscript tests/oracles/sna_netlm.R      (needs the packages sna and network; base R writes the JSON)
#
# A directed and an undirected case of 16 nodes with two correlated terms and one that only depends on the nodes of
# which the dyads are made. Matrices stand row by row; p are shares of 5,000 permutations, without the observed case.

suppressMessages({library(network); library(sna)})

numbers <- function(x, digits = 15) paste0("[", paste(formatC(x, digits = digits, format = "g", width = 1), collapse = ","), "]")

set.seed(20072)
n <- 16

describe <- function(name, mode) {
  symmetric <- function(m) if (mode == "graph") (m + t(m)) / 2 else m
  near <- symmetric(matrix(rnorm(n * n), n, n))
  close <- 0.6 * near + symmetric(matrix(rnorm(n * n), n, n))
  size <- rnorm(n)
  both <- outer(size, size, "+")
  y <- symmetric(0.25 * near + 0.3 * both + outer(rnorm(n), rnorm(n), "+") + matrix(rnorm(n * n), n, n))
  # Rounded before they are used, so that both sides regress the same numbers.
  y <- round(y, 4); near <- round(near, 4); close <- round(close, 4); both <- round(both, 4)
  x <- array(0, c(3, n, n)); x[1, , ] <- near; x[2, , ] <- close; x[3, , ] <- both
  fit <- netlm(y, x, mode = mode, nullhyp = "qapspp", reps = 5000)
  paste0(
    "{\"name\":\"", name, "\",\"directed\":", tolower(mode == "digraph"), ",\"n\":", n,
    ",\n \"y\":", numbers(t(y), 6), ",\n \"near\":", numbers(t(near), 6), ",\n \"close\":", numbers(t(close), 6),
    ",\n \"both\":", numbers(t(both), 6),
    ",\n \"estimate\":", numbers(fit$coefficients), ",\n \"t\":", numbers(fit$tstat),
    ",\n \"p_less\":", numbers(fit$pleeq, 6), ",\n \"p_greater\":", numbers(fit$pgreq, 6),
    ",\n \"p_two_sided\":", numbers(fit$pgreqabs, 6), "}"
  )
}
written <- c(describe("directed", "digraph"), describe("undirected", "graph"))

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
version <- paste0("sna ", packageVersion("sna"), ", R ", getRversion())
writeLines(c(paste0("{\"made_by\":\"", version, "\",\"draws\":5000,\"cases\":["), paste(written, collapse = ",\n"), "]}"),
           file.path(here, "sna_netlm.json"))
