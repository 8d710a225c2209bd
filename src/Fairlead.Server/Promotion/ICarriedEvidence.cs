using System.Text.Json;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Promotion;

/// <summary>
/// Something that is known of a version beyond its own row and goes with it to another environment. Each stands with
/// its feature; what an environment does not know is kept with the version as it came.
/// </summary>
internal interface ICarriedEvidence
{
    /// <summary>By which name it goes.</summary>
    string Name { get; }

    /// <summary>What is known; null: nothing.</summary>
    Task<JsonElement?> ExportAsync(FairleadDbContext db, VersionRow version, CancellationToken cancellation);

    /// <summary>Stores what came with a new version, in the transaction that stores it.</summary>
    Task ImportAsync(WriteScope write, VersionRow version, JsonElement content);
}
