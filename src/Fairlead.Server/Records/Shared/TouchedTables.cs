using System.Text;
using Fairlead.Core.Models;

namespace Fairlead.Server.Records.Shared;

/// <summary>
/// The tables that a round puts into the bucket or takes out of it, written down before it begins with them: after an
/// end in the middle the next round removes those that no manifest names, since somebody in them may have been
/// forgotten. A round that ends whole leaves nothing here. One writer at a time.
/// </summary>
internal sealed class TouchedTables(string file)
{
    /// <summary>What a round that ended early has touched; empty after one that did not.</summary>
    public IReadOnlyList<string> Read() => File.Exists(file)
        ? [.. File.ReadLines(file).Where(line => Sha256Digest.TryParse(line, out _)).Distinct()]
        : [];

    /// <summary>Writes down, on disk when it returns, what is about to be touched.</summary>
    public void Add(IEnumerable<string> digests)
    {
        // Each begins a line of its own, whatever an end in the middle of writing left before it.
        var lines = string.Concat(digests.Select(digest => "\n" + digest + "\n"));
        if (lines.Length == 0)
            return;
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write);
        stream.Write(Encoding.ASCII.GetBytes(lines));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The round has ended whole.</summary>
    public void Clear() => File.Delete(file);
}
