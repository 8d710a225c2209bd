using System.Text.Json;
using Fairlead.Core.Promotion;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>
/// The promotions of a version, with their checks and who approved them, go with it as they were: they are told in the
/// other environment and decide nothing there.
/// </summary>
internal sealed class CarriedPromotions(TimeProvider time) : ICarriedEvidence
{
    /// <summary>Most promotions that go with a version: the newest.</summary>
    public const int MostPromotions = 20;

    public string Name => "promotions";

    public async Task<JsonElement?> ExportAsync(
        FairleadDbContext db, VersionRow version, CancellationToken cancellation)
    {
        var rows = await db.Set<PromotionRow>()
            .Where(row => row.Model == version.Model && row.Number == version.Number
                && row.Status == nameof(PromotionStatus.Moved))
            .OrderByDescending(row => row.Id).Take(MostPromotions).ToListAsync(cancellation);
        return rows.Count == 0 ? null : JsonSerializer.SerializeToElement(
            rows.ConvertAll(row => PromotionViews.Info(row, time.GetUtcNow())), Client.Api.ApiJson.Lenient);
    }

    public Task ImportAsync(WriteScope write, VersionRow version, JsonElement content) => Task.CompletedTask;
}
