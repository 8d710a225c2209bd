using Fairlead.Server.Storage;

namespace Fairlead.Server.Quality;

/// <summary>The figures that versions were registered with: what their own evaluation found.</summary>
internal sealed class Evaluations(Database database)
{
    /// <summary>The figures of a version by name; empty for one that is gone, or what is no model.</summary>
    /// <param name="version">As <c>model/3</c>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<string, double>> OfAsync(string version, CancellationToken cancellation)
    {
        var slash = version.LastIndexOf('/');
        if (slash < 0 || !int.TryParse(version.AsSpan(slash + 1), out var number))
            return new Dictionary<string, double>();
        await using var statements = await database.OpenAsync(cancellation);
        var found = await statements.QueryAsync(
            "SELECT metrics FROM versions WHERE model = @model AND number = @number", row => row.GetString(0),
            cancellation, ("model", version[..slash]), ("number", number));
        return found.Count == 0 ? new Dictionary<string, double>()
            : StoredJson.Read<Dictionary<string, double>>(found[0]);
    }
}
