using Fairlead.Core.Models;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>
/// What is known of versions before they answered anybody: the figures that they were registered with, and in their
/// place those of their newest evaluation here.
/// </summary>
internal sealed class Evaluations(Database database)
{
    /// <summary>The figures of a version by name; empty for one that is gone, or what is no model.</summary>
    /// <param name="version">As <c>model/3</c>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<string, double>> OfAsync(string version, CancellationToken cancellation)
    {
        if (VersionId.Read(version) is not { } id)
            return new Dictionary<string, double>();
        await using var statements = await database.OpenAsync(cancellation);
        var found = await statements.QueryAsync(
            "SELECT metrics FROM versions WHERE model = @model AND number = @number", row => row.GetString(0),
            cancellation, ("model", id.Model.ToString()), ("number", id.Number));
        if (found.Count == 0)
            return new Dictionary<string, double>();
        var figures = StoredJson.Read<Dictionary<string, double>>(found[0]);
        var evaluated = await statements.QueryAsync(
            "SELECT result FROM evaluations WHERE model = @model AND number = @number AND result IS NOT NULL "
                + "ORDER BY id DESC LIMIT 1", row => row.GetString(0),
            cancellation, ("model", id.Model.ToString()), ("number", id.Number));
        foreach (var (name, value) in evaluated.SelectMany(result =>
            StoredJson.Read<EvaluationResult>(result).Overall()))
        {
            figures[name] = value;
        }

        return figures;
    }

    /// <summary>The figure that a monitor holds a version's answers against; null: none, or the version has none.
    /// </summary>
    public async Task<double?> OfAsync(LabelWatch watch, string version, CancellationToken cancellation) =>
        watch.Drop is not null && (await OfAsync(version, cancellation)).TryGetValue(
            watch.Evaluation ?? watch.Metric.Word(), out var figure)
            ? figure
            : null;
}
