using Fairlead.Core.Endpoints;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>An arm with what answered there.</summary>
/// <param name="Variant">The arm's name.</param>
/// <param name="Version"><c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</param>
internal sealed record ArmVersion(string Variant, string Version);

/// <summary>Which version each arm of a generation had, from the endpoint's history, which is kept for ever.</summary>
internal sealed class ArmVersions
{
    private readonly Dictionary<(long Generation, int Arm), ArmVersion> _known = [];

    /// <summary>What answered; null for an arm that the history does not know.</summary>
    public ArmVersion? Find(long generation, int arm) => _known.GetValueOrDefault((generation, arm));

    /// <summary>Reads the generations from the first to the last.</summary>
    public static async Task<ArmVersions> ReadAsync(
        Database database, int endpoint, long first, long last, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var rows = await statements.QueryAsync(
            "SELECT generation, spec FROM endpoint_history WHERE endpoint = @endpoint AND generation >= @first "
                + "AND generation <= @last AND spec IS NOT NULL",
            row => (row.GetInt64(0), row.GetString(1)), cancellation,
            ("endpoint", endpoint), ("first", first), ("last", last));
        var versions = new ArmVersions();
        foreach (var (generation, spec) in rows)
        {
            foreach (var arm in StoredJson.Read<EndpointSpec>(spec).Arms)
            {
                versions._known[(generation, arm.ArmNumber)] = new ArmVersion(
                    arm.Name.ToString(),
                    arm.Version?.ToString() ?? arm.Control?.Kind.ToString().ToLowerInvariant() ?? "none");
            }
        }

        return versions;
    }

    /// <summary>The versions of all answers that were read.</summary>
    public static Task<ArmVersions> OfAsync(
        Database database, int endpoint, IReadOnlyCollection<ReadAnswer> answers, CancellationToken cancellation) =>
        answers.Count == 0
            ? Task.FromResult(new ArmVersions())
            : ReadAsync(database, endpoint, answers.Min(each => each.Generation),
                answers.Max(each => each.Generation), cancellation);
}
