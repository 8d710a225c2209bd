using System.Collections.Concurrent;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>The numbers under which points know their metrics' names. A number is given once and for ever.</summary>
internal sealed class MetricKeys(Database database, ITrackingGate gate)
{
    /// <summary>Names that are remembered; beyond that the database is asked.</summary>
    private const int Remembered = 100_000;

    private readonly ConcurrentDictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <summary>The number of a name; null when nothing was ever logged under it.</summary>
    public async Task<int?> FindAsync(string name, CancellationToken cancellation)
    {
        if (_known.TryGetValue(name, out var known))
            return known;
        await using var statements = await database.OpenAsync(cancellation);
        if (await statements.NumberAsync("SELECT id FROM metric_keys WHERE name = @name", cancellation, ("@name", name))
            is not { } found)
        {
            return null;
        }

        Remember(name, (int)found);
        return (int)found;
    }

    /// <summary>The numbers of names, given now where they are new.</summary>
    public async Task<Dictionary<string, int>> EnsureAsync(
        IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        List<string>? missing = null;
        foreach (var name in names)
        {
            if (_known.TryGetValue(name, out var known))
                found[name] = known;
            else
                (missing ??= []).Add(name);
        }

        if (missing is null)
            return found;

        missing.Sort(StringComparer.Ordinal);
        var made = await gate.WriteAsync((transaction, deadline) => MakeAsync(transaction, missing, deadline),
            cancellation);
        foreach (var (name, id) in made)
        {
            Remember(name, id);
            found[name] = id;
        }

        return found;
    }

    private static async Task<List<(string Name, int Id)>> MakeAsync(
        TrackingTransaction transaction, List<string> names, CancellationToken deadline)
    {
        await transaction.InsertAsync("metric_keys (name)", "ON CONFLICT (name) DO NOTHING", deadline,
            TrackingColumn.Of(names));
        var made = new List<(string, int)>();
        foreach (var name in names)
        {
            made.AddRange(await transaction.QueryAsync("SELECT name, id FROM metric_keys WHERE name = @name",
                row => (row.GetString(0), row.GetInt32(1)), deadline, ("@name", name)));
        }

        return made;
    }

    private void Remember(string name, int id)
    {
        if (_known.Count < Remembered)
            _known[name] = id;
    }
}
