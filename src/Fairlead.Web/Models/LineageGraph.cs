using Fairlead.Client.Api;

namespace Fairlead.Web.Models;

/// <summary>A thing in the life of a version.</summary>
/// <param name="Kind">What it is: data, run, code, version, alias, endpoint, rollout.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Address">The page that tells of it; null: there is none.</param>
/// <param name="Column">0 for what was there first.</param>
/// <param name="Row">From the top.</param>
public sealed record LineageNode(string Kind, string Name, string? Address, int Column, int Row);

/// <summary>
/// Where a version comes from and where it went, from left to right: data, what was trained on them, the version, what
/// points to it and serves it. Pure.
/// </summary>
public sealed record LineageGraph(IReadOnlyList<LineageNode> Nodes, IReadOnlyList<(int From, int To)> Edges)
{
    private const int MostInColumn = 8;

    /// <summary>Rows of the longest column.</summary>
    public int Rows => Nodes.Max(node => node.Row) + 1;

    /// <summary>Columns.</summary>
    public int Columns => Nodes.Max(node => node.Column) + 1;

    /// <param name="version">The version.</param>
    /// <param name="periods">When it was behind which endpoint; those that last are shown.</param>
    public static LineageGraph Of(VersionInfo version, IEnumerable<LineagePeriod> periods)
    {
        var lineage = version.Lineage;
        var known = lineage.Registered.Select(data => data.Digest).ToHashSet(StringComparer.Ordinal);
        List<(string, string, string?)> data =
        [
            .. lineage.Registered.Select(each => (
                each.Role.Length > 0 ? $"data, {each.Role}" : "data", $"{each.Name}/{each.Version}",
                (string?)$"/datasets/{each.Name}?version={each.Version}")),
            .. lineage.Datasets.Where(each => !known.Contains(each.Value))
                .Select(each => ("data", each.Key, (string?)null)),
        ];
        List<(string, string, string?)> made = [];
        if (lineage.Run is { } run)
            made.Add(("run", run[..Math.Min(12, run.Length)], $"/runs/{run}"));
        if ((lineage.Code?.Commit ?? lineage.CodeCommit) is { } commit)
        {
            var kind = lineage.Code is { Dirty: true } ? "code, changed" : "code";
            made.Add((kind, commit[..Math.Min(12, commit.Length)], null));
        }

        if (lineage.Parent is { } parent)
            made.Add(("continues", $"version {parent}", $"/models/{version.Model}/versions/{parent}"));
        List<(string, string, string?)> itself = [("version", $"{version.Model}/{version.Number}", null)];
        List<(string, string, string?)> after =
        [
            .. version.Aliases.Select(alias => ("alias", alias, (string?)null)),
            .. periods.Where(period => period.Until is null).Select(period => (
                $"endpoint, {period.Role}", $"{period.Endpoint}, {period.Arm}",
                (string?)$"/endpoints/{period.Endpoint}")),
            .. version.Rollouts.Select(rollout => (
                $"rollout, {rollout.Outcome}", $"{rollout.Rollout}", (string?)$"/rollouts/{rollout.Rollout}")),
        ];

        var columns = new[] { data, made, itself, after }.Where(column => column.Count > 0)
            .Select(column => column.Take(MostInColumn).ToList()).ToList();
        List<LineageNode> nodes = [];
        List<(int, int)> edges = [];
        var before = new List<int>();
        for (var column = 0; column < columns.Count; column++)
        {
            var here = new List<int>();
            for (var row = 0; row < columns[column].Count; row++)
            {
                var (kind, name, address) = columns[column][row];
                here.Add(nodes.Count);
                nodes.Add(new LineageNode(kind, name, address, column, row));
            }

            // Data meet the version where nothing is known between them.
            edges.AddRange(before.SelectMany(from => here.Select(to => (from, to))));
            before = here;
        }

        return new LineageGraph(nodes, edges);
    }

    /// <summary>
    /// Where a dataset went: the runs that read it, the versions that came of them, the endpoints where those answer
    /// now or did. Of a long column the first are shown.
    /// </summary>
    /// <param name="dataset">As <c>NAME/VERSION</c>.</param>
    /// <param name="reached">The versions that the API reaches from it.</param>
    public static LineageGraph OfDataset(string dataset, IReadOnlyList<LineageVersion> reached)
    {
        var nodes = new List<LineageNode> { new("dataset", dataset, null, 0, 0) };
        var edges = new List<(int, int)>();
        var known = new Dictionary<(int, string), int>();
        int? Node(int column, string kind, string name, string address)
        {
            if (known.TryGetValue((column, name), out var there))
                return there;
            var row = nodes.Count(node => node.Column == column);
            if (row == MostInColumn)
                return null;
            nodes.Add(new LineageNode(kind, name, address, column, row));
            return known[(column, name)] = nodes.Count - 1;
        }

        void Edge(int? from, int? to)
        {
            if (from is { } one && to is { } other && !edges.Contains((one, other)))
                edges.Add((one, other));
        }

        // Without a run between, versions stand where they stand with one.
        foreach (var each in reached)
        {
            var version = each.Version;
            var run = version.Lineage.Run is { } id ? Node(1, "run", id[..Math.Min(12, id.Length)], $"/runs/{id}") : 0;
            var itself = Node(2, "version", $"{version.Model}/{version.Number}",
                $"/models/{version.Model}/versions/{version.Number}");
            Edge(0, run);
            Edge(run, itself);
            foreach (var period in each.Periods.OrderBy(period => period.Until is not null))
            {
                Edge(itself, Node(
                    3, period.Until is null ? "endpoint" : "endpoint, before", period.Endpoint,
                    $"/endpoints/{period.Endpoint}"));
            }
        }

        return new LineageGraph(nodes, [.. edges.Where(edge => edge.Item1 != edge.Item2)]);
    }
}
