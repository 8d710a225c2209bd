using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>
    /// Asks for a version to be promoted: its checks are made, and where nobody needs to approve the alias moves at
    /// once.
    /// </summary>
    /// <param name="dryRun">Only makes the checks.</param>
    public Task<PromotionInfo> PromoteAsync(
        PromotionRequest request, bool dryRun = false, CancellationToken cancellation = default) =>
        SendAsync<PromotionRequest, PromotionInfo>(
            HttpMethod.Post, Address("api/v1/promotions", ("dryRun", dryRun)), request, cancellation);

    /// <summary>Promotions, newest first.</summary>
    public Task<Page<PromotionInfo>> ListPromotionsAsync(
        PromotionFilter? filter = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<PromotionInfo>>(
            Address("api/v1/promotions", ("model", filter?.Model), ("all", filter?.All ?? false),
                ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    public Task<PromotionInfo> GetPromotionAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<PromotionInfo>($"api/v1/promotions/{id}", cancellation);

    /// <summary>Says yes; the last word that is needed moves the alias.</summary>
    public Task<PromotionInfo> ApprovePromotionAsync(
        long id, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync<PromotionDecisionRequest, PromotionInfo>(HttpMethod.Post, $"api/v1/promotions/{id}/approve",
            new PromotionDecisionRequest { Reason = reason }, cancellation);

    /// <summary>Says no, and why.</summary>
    public Task<PromotionInfo> DeclinePromotionAsync(
        long id, string reason, CancellationToken cancellation = default) =>
        SendAsync<PromotionDecisionRequest, PromotionInfo>(HttpMethod.Post, $"api/v1/promotions/{id}/decline",
            new PromotionDecisionRequest { Reason = reason }, cancellation);

    /// <summary>Policies by the names of their models.</summary>
    public Task<Page<PromotionPolicyInfo>> ListPromotionPoliciesAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<PromotionPolicyInfo>>(
            Address("api/v1/promotion-policies", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    public Task<PromotionPolicyInfo> GetPromotionPolicyAsync(
        string model, CancellationToken cancellation = default) =>
        GetAsync<PromotionPolicyInfo>($"api/v1/promotion-policies/{Segment(model)}", cancellation);

    public Task<PromotionPolicyInfo> PutPromotionPolicyAsync(
        string model, PromotionPolicyRequest policy, CancellationToken cancellation = default) =>
        SendAsync<PromotionPolicyRequest, PromotionPolicyInfo>(
            HttpMethod.Put, $"api/v1/promotion-policies/{Segment(model)}", policy, cancellation);

    /// <summary>Removes a policy: its aliases move freely from then on.</summary>
    public Task DeletePromotionPolicyAsync(
        string model, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"api/v1/promotion-policies/{Segment(model)}", ("reason", reason)), cancellation);
}
