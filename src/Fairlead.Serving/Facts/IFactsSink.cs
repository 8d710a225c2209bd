using Fairlead.Core.Endpoints;

namespace Fairlead.Serving.Facts;

/// <summary>The facts of one arm of one generation on this replica, since that generation began here.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="EndpointNumber">Its permanent number.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Facts">Everything so far: a later report replaces an earlier one.</param>
public sealed record FactsReport(
    EndpointName Endpoint, int EndpointNumber, long Generation, VariantName Arm, FactsImage Facts);

/// <summary>
/// Takes the facts of this replica. The control plane implements it over its database; while that is away, reports fail
/// and the next ones, which hold everything, make up for it.
/// </summary>
public interface IFactsSink
{
    /// <summary>Stores reports in place of earlier ones of the same arms.</summary>
    Task StoreAsync(IReadOnlyList<FactsReport> reports, CancellationToken cancellation);

    /// <summary>Stores the worst examples of an arm; those that are known already change nothing.</summary>
    Task StoreAsync(
        VariantName arm, IReadOnlyList<ShadowExample> examples, CancellationToken cancellation);

    /// <summary>Stores records that outcomes can be joined to. Throws when they cannot be stored now.</summary>
    Task StoreAsync(IReadOnlyList<AnswerRecord> records, CancellationToken cancellation);
}
