using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Everything that is known of a version, to be carried elsewhere.</summary>
    public Task<CarriedVersion> GetCarriedVersionAsync(
        string model, int number, CancellationToken cancellation = default) =>
        GetAsync<CarriedVersion>($"{Version(model, number)}/carry", cancellation);

    /// <summary>
    /// Brings a version whose files were uploaded. Its digest must be the same here; bringing it again changes nothing.
    /// </summary>
    public Task<CarriedInfo> CarryVersionAsync(
        string model, CarryRequest request, CancellationToken cancellation = default) =>
        SendAsync<CarryRequest, CarriedInfo>(HttpMethod.Post, $"{Model(model)}/carry", request, cancellation);

    /// <summary>Where a version came from, and everything that came with it.</summary>
    public Task<CarriedInfo> GetOriginAsync(string model, int number, CancellationToken cancellation = default) =>
        GetAsync<CarriedInfo>($"{Version(model, number)}/origin", cancellation);
}
