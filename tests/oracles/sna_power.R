# Writes sna_power.json: Bonacich power as R's sna computes it, squares summing to n.
#
#   Rscript tests/oracles/sna_power.R      (needs the packages sna and network; base R writes the JSON)
#
# Graphs: the chain, the two trees, the Florentine marriages with the isolated Pucci (network::flo, Padgett) and random
# ones with weights. sna takes the exponent itself; `beta` is the exponent times the largest eigenvalue.

suppressMessages({library(network); library(sna)})

numbers <- function(x) paste0("[", paste(formatC(x, digits = 15, format = "g", width = 1), collapse = ","), "]")

from_edges <- function(n, ends) {
  a <- matrix(0, n, n)
  a[matrix(ends, ncol = 2, byrow = TRUE)] <- 1
  a + t(a)
}

random <- function(n, density) {
  a <- matrix(ifelse(runif(n * n) < density, round(runif(n * n, 0.5, 9), 2), 0), n, n) * upper.tri(diag(n))
  a + t(a)
}

describe <- function(name, a) {
  radius <- max(eigen(a, symmetric = TRUE, only.values = TRUE)$values)
  ties <- which(a * upper.tri(a) > 0, arr.ind = TRUE)
  scores <- sapply(c(-0.9, -0.5, -0.1, 0, 0.1, 0.5, 0.9), function(beta) {
    c <- bonpow(a, gmode = "graph", exponent = beta / radius)
    paste0("{\"beta\":", beta, ",\"power\":", numbers(c), "}")
  })
  paste0(
    "{\"name\":\"", name, "\",\"n\":", nrow(a),
    ",\"source\":", numbers(ties[, 1] - 1), ",\"target\":", numbers(ties[, 2] - 1), ",\"weight\":", numbers(a[ties]),
    ",\n \"scores\":[", paste(scores, collapse = ",\n  "), "]}"
  )
}

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(1987)
data(flo)
written <- c(
  describe("chain of five", from_edges(5, c(1, 2, 1, 3, 2, 4, 3, 5))),
  describe("tree of seven", from_edges(7, c(1, 2, 1, 3, 1, 4, 2, 5, 3, 6, 4, 7))),
  describe("tree of ten", from_edges(10, c(1, 2, 1, 3, 1, 4, 2, 5, 2, 6, 3, 7, 3, 8, 4, 9, 4, 10))),
  describe("Florentine marriages", unname(flo)),
  sapply(1:6, function(k) describe(paste("random", k), random(6 + 3 * k, 0.1 + 0.1 * k)))
)
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
version <- paste0("sna ", packageVersion("sna"), ", R ", getRversion())
writeLines(c(paste0("{\"made_by\":\"", version, "\",\"graphs\":["), paste(written, collapse = ",\n"), "]}"),
           file.path(here, "sna_power.json"))
