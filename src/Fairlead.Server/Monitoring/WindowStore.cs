using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>
/// Takes the windows of this replica: the artifact first, then the row that names it, so that after a crash in between
/// nothing is named that is not there.
/// </summary>
internal sealed class WindowStore(Database database, WindowFiles files, Replica replica, TimeProvider time)
    : IWindowSink
{
    /// <summary>Parts whose life ends within this may go before they are merged again.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    private const string Put = """
        INSERT INTO windows
            (endpoint, arm, version, level, minute, replica, arm_name, requests, answered, failed, digest, bytes)
        VALUES
            (@endpoint, @arm, @version, @level, @minute, @replica, @arm_name, @requests, @answered, @failed, @digest,
             @bytes)
        ON CONFLICT (endpoint, arm, version, level, minute, replica) DO UPDATE SET
            requests = excluded.requests, answered = excluded.answered, failed = excluded.failed,
            digest = excluded.digest, bytes = excluded.bytes
        """;

    private const string Same =
        "endpoint = @endpoint AND arm = @arm AND version = @version AND level = @level AND minute = @minute";

    public async Task StoreAsync(SealedWindow window, CancellationToken cancellation)
    {
        var row = new WindowRow
        {
            Endpoint = window.EndpointNumber,
            Arm = window.ArmNumber,
            Version = window.Model.Length == 0 ? window.Version : $"{window.Model}/{window.Version}",
            Level = WindowLevel.Minute.Number,
            Minute = window.Minute,
            Replica = replica.Incarnation,
            ArmName = window.Arm.ToString(),
            Digest = "",
        };

        await PutAsync(row, window.Window, cancellation);
        await UnmergeAsync(row, window.Window, WindowLevel.Hour, WindowLevel.Minute, cancellation);
        await UnmergeAsync(row, window.Window, WindowLevel.Day, WindowLevel.Hour, cancellation);
    }

    /// <summary>Stores what a row is to name, then the row.</summary>
    public async Task PutAsync(WindowRow row, WindowSketch window, CancellationToken cancellation)
    {
        var stored = await files.PutAsync(window, cancellation);
        await database.StateAsync(statements => statements.ExecuteAsync(
            Put, cancellation,
            [
                .. Key(row), ("replica", row.Replica), ("arm_name", row.ArmName), ("requests", window.Requests),
                ("answered", window.Ends.GetValueOrDefault("none")), ("failed", ServerFaults.Of(window)),
                ("digest", stored.Digest.ToString()), ("bytes", stored.Size),
            ]), cancellation);
    }

    /// <summary>
    /// Sees to a longer window that was merged while a part of it was on its way: it goes, and is made anew from its
    /// parts; where these may be gone already, the late one is added to it.
    /// </summary>
    public async Task UnmergeAsync(
        WindowRow part, WindowSketch late, WindowLevel level, WindowLevel parts, CancellationToken cancellation)
    {
        var whole = new WindowRow
        {
            Endpoint = part.Endpoint,
            Arm = part.Arm,
            Version = part.Version,
            ArmName = part.ArmName,
            Level = level.Number,
            Minute = level.StartOf(part.Minute),
            Replica = "",
            Digest = "",
        };
        if (await FindAsync(whole, cancellation) is not { } digest)
            return;
        if (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(whole.Minute * 60) > parts.Life - Margin)
        {
            var sum = await files.GetAsync(digest, cancellation);
            sum.Merge(late);
            await PutAsync(whole, sum, cancellation);
        }
        else
        {
            await database.StateAsync(statements => statements.ExecuteAsync(
                $"DELETE FROM windows WHERE {Same}", cancellation, Key(whole)), cancellation);
        }

        await LetGoAsync(digest, cancellation);
    }

    /// <summary>Removes an artifact that no row names any more.</summary>
    public async Task LetGoAsync(string digest, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        if (await statements.NumberAsync(
            "SELECT COUNT(*) FROM windows WHERE digest = @digest", cancellation, ("digest", digest)) == 0)
        {
            await files.DeleteAsync(digest, cancellation);
        }
    }

    private async Task<string?> FindAsync(WindowRow row, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var found = await statements.QueryAsync(
            $"SELECT digest FROM windows WHERE {Same} AND replica = @replica", reader => reader.GetString(0),
            cancellation, [.. Key(row), ("replica", row.Replica)]);
        return found.Count == 0 ? null : found[0];
    }

    private static (string Name, object? Value)[] Key(WindowRow row) =>
    [
        ("endpoint", row.Endpoint), ("arm", row.Arm), ("version", row.Version), ("level", row.Level),
        ("minute", row.Minute),
    ];
}
