using System.Globalization;
using Fairlead.Client.Api;

namespace Fairlead.Server.Lineage.Export;

/// <summary>A section of a model card: a table with headings, or facts, which are a table without.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Headings">Headings of the columns; empty for facts.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record CardSection(
    string Title, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What a model card says, with the figures that are known; how it looks is said elsewhere.</summary>
internal sealed record ModelCard(string Title, string Description, IReadOnlyList<CardSection> Sections)
{
    public static ModelCard Of(VersionRecord record)
    {
        var version = record.Version;
        var sections = new List<CardSection>
        {
            Overview(record),
            new("Metrics", ["metric", "value"], [.. version.Metrics.OrderBy(each => each.Key, StringComparer.Ordinal)
                .Select(each => new[] { each.Key, Number(each.Value) })]),
            Evaluations(record),
            Evaluation(record),
            Data(record),
            new("Parameters", ["parameter", "value"],
                [.. version.Parameters.OrderBy(each => each.Key, StringComparer.Ordinal)
                    .Select(each => new[] { each.Key, each.Value })]),
            Sources(version.Lineage),
            new("Inputs and outputs", ["", "name", "type", "shape"],
                [.. version.Inputs.Select(each => Tensor("input", each)),
                    .. version.Outputs.Select(each => Tensor("output", each))]),
            new("Endpoints", ["endpoint", "arm", "role", "from", "until"],
                [.. record.Lineage.Periods.Select(each => new[]
                {
                    each.Endpoint, each.Arm, each.Role, Day(each.From), each.Until is { } until ? Day(until) : "now",
                })]),
            new("Files", ["file", "bytes", "SHA-256"], [.. version.Files.Select(each => new[]
            {
                each.Path, each.Size.ToString(CultureInfo.InvariantCulture), each.Digest,
            })]),
        };
        return new ModelCard($"{version.Model}, version {version.Number}", version.Description,
            [.. sections.Where(section => section.Rows.Count > 0)]);
    }

    private static CardSection Overview(VersionRecord record)
    {
        var version = record.Version;
        return Facts("Overview",
            ("registered", Day(version.CreatedAt)),
            ("by", version.CreatedBy),
            ("aliases", string.Join(", ", record.Lineage.Aliases)),
            ("runtime", version.Runtime),
            ("cannot be served without", version.Needs),
            ("continues", version.Lineage.Parent is { } parent ? $"{version.Model}/{parent}" : null),
            ("training run", version.Lineage.Run),
            ("bytes", version.Size.ToString(CultureInfo.InvariantCulture)),
            ("signed by", string.Join(", ", record.Lineage.SignedBy)),
            ("tags", string.Join(", ", version.Tags.OrderBy(each => each.Key, StringComparer.Ordinal)
                .Select(each => each.Value.Length == 0 ? each.Key : $"{each.Key}={each.Value}"))));
    }

    /// <summary>How it was scored on labelled rows, over all of them.</summary>
    private static CardSection Evaluations(VersionRecord record) => new(
        "Evaluations", ["data", "label", "rows", "figure", "value", "interval"],
        [.. record.Evaluations.SelectMany(evaluation => evaluation.Segments.Take(1).SelectMany(all => all.Figures
            .Where(figure => figure.Value is not null).Select(figure => new[]
            {
                VersionRecord.DataOf(evaluation), evaluation.Label, all.Rows.ToString(CultureInfo.InvariantCulture),
                figure.Name, Number(figure.Value!.Value),
                figure is { Low: { } low, High: { } high } ? $"{Number(low)} to {Number(high)}" : "",
            })))]);

    /// <summary>What live traffic said of the version beside the one before.</summary>
    private static CardSection Evaluation(VersionRecord record) => new(
        "Evaluation in rollouts", ["rollout", "endpoint", "check", "estimate", "interval", "verdict", "outcome"],
        [.. record.Rollouts.SelectMany(rollout => rollout.Checks.Count == 0
            ? [[$"{rollout.Rollout}", rollout.Endpoint, "", "", "", "", rollout.Outcome]]
            : rollout.Checks.Select(check => new[]
            {
                $"{rollout.Rollout}", rollout.Endpoint, check.Name,
                check.Estimate is { } estimate ? Number(estimate) : "",
                check is { Low: { } low, High: { } high } ? $"{Number(low)} to {Number(high)}" : "",
                check.Verdict, rollout.Outcome,
            }))]);

    private static CardSection Data(VersionRecord record) => new(
        "Data", ["data", "role", "rows", "columns", "digest"],
        [
            .. record.Datasets.Select(each => new[]
            {
                $"{each.Use.Name}/{each.Use.Version}", each.Use.Role,
                each.Rows?.ToString(CultureInfo.InvariantCulture) ?? "",
                each.Columns == 0 ? "" : each.Columns.ToString(CultureInfo.InvariantCulture), each.Use.Digest,
            }),
            .. record.Version.Lineage.Inputs.Select(each => new[]
            {
                each.Name, each.Role ?? "", "", "", each.Digest,
            }),
            .. record.Version.Lineage.Datasets.OrderBy(each => each.Key, StringComparer.Ordinal)
                .Select(each => new[] { each.Key, "", "", "", each.Value }),
        ]);

    private static CardSection Sources(VersionLineage lineage) => Facts("Code and environment",
        ("repository", lineage.Code?.Repository),
        ("commit", lineage.CodeCommit),
        ("branch", lineage.Code?.Branch),
        ("program", lineage.Code?.EntryPoint),
        ("changes, SHA-256", lineage.Code?.DiffDigest),
        ("container", lineage.Environment?.Container),
        ("python", lineage.Environment?.Python),
        ("packages", lineage.Environment is { Packages.Count: > 0 } environment
            ? string.Join(", ", environment.Packages.Select(each =>
                each.Version is null ? each.Name : $"{each.Name} {each.Version}"))
            : null));

    private static CardSection Facts(string title, params (string Name, string? Value)[] facts) => new(title, [],
        [.. facts.Where(fact => !string.IsNullOrEmpty(fact.Value)).Select(fact => new[] { fact.Name, fact.Value! })]);

    private static string[] Tensor(string role, TensorInfo tensor) =>
        [role, tensor.Name, tensor.Datatype, $"[{string.Join(", ", tensor.Shape.Select(size =>
            size < 0 ? "?" : size.ToString(CultureInfo.InvariantCulture)))}]"];

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
