# Writes sna_brokerage.json: Gould-Fernandez brokerage as R's sna computes it.
#
#   Rscript tests/oracles/sna_brokerage.R      (needs the packages sna and network; base R writes the JSON)
#
# Graphs: random directed and undirected ones of 4 to 60 nodes, the Florentine marriages (network::flo, Padgett) and
# Coleman's high-school friendships (sna::coleman, autumn). The groups of the two published networks are mechanical
# (nodes dealt round in their printed order): they test arithmetic and say nothing about Florence.
# Nodes and groups are numbered from 0. `expected` and `sd` have one row a group, the rest one row a node; columns are
# w_I, w_O, b_IO, b_OI, b_O, t. Undirected graphs go in as sna takes them, each tie in both directions.

suppressMessages({library(network); library(sna)})

numbers <- function(x, digits) {
  text <- ifelse(is.finite(x), formatC(x, digits = digits, format = "g", width = 1), "null")
  paste0("[", paste(text, collapse = ","), "]")
}
rows <- function(m, digits) paste0("[", paste(apply(m, 1, numbers, digits = digits), collapse = ","), "]")

describe <- function(name, a, groups, directed) {
  b <- brokerage(a, groups)
  shown <- if (directed) a else a * upper.tri(a)
  ties <- which(shown > 0, arr.ind = TRUE)
  by_group <- order(b$clid)
  paste0(
    "{\"name\":\"", name, "\",\"directed\":", tolower(directed), ",\"n\":", nrow(a),
    ",\"groups\":", numbers(groups, 6),
    ",\"source\":", numbers(ties[, 1] - 1, 6), ",\"target\":", numbers(ties[, 2] - 1, 6),
    ",\n \"counts\":", rows(b$raw.nli, 12),
    ",\n \"expected\":", rows(b$exp.grp[by_group, , drop = FALSE], 15),
    ",\n \"sd\":", rows(b$sd.grp[by_group, , drop = FALSE], 15),
    ",\n \"z\":", rows(b$z.nli, 12), "}"
  )
}

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20131)
written <- character()
for (k in 1:56) {
  directed <- k %% 2 == 1
  n <- if (k <= 44) 4 + (k * 7) %% 24 else 28 + (k * 11) %% 33
  density <- c(0.08, 0.2, 0.35, 0.6, 0.85)[1 + k %% 5]
  a <- matrix(as.numeric(runif(n * n) < density), n, n)
  if (!directed) a <- a * upper.tri(a) + t(a * upper.tri(a))
  diag(a) <- 0
  m <- 1 + k %% 6                                    # number of groups: from one (all coordinators) to six
  groups <- sample(c(rep(seq_len(min(m, n)), length.out = min(m, n)), sample(m, n - min(m, n), replace = TRUE))) - 1
  if (sum(a) == 0) next
  written <- c(written, describe(paste0("random_", k), a, groups, directed))
}

data(flo)
written <- c(written, describe("florentine_marriages", unname(flo), (seq_len(nrow(flo)) - 1) %% 3, FALSE))
data(coleman)
friends <- unname(coleman[1, , ])
written <- c(written, describe("coleman_autumn", friends, (seq_len(nrow(friends)) - 1) %% 4, TRUE))

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
version <- paste0("sna ", packageVersion("sna"), ", R ", getRversion())
writeLines(c(paste0("{\"made_by\":\"", version, "\",\"graphs\":["), paste(written, collapse = ",\n"), "]}"),
           file.path(here, "sna_brokerage.json"))
