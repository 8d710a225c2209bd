using System.Net;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Web.Hosting;
using Fairlead.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Fairlead.Web.Layout;

/// <summary>
/// Who looks at a page: the client that reads and acts in their name, what they may do, and their time zone. One for
/// each page or circuit.
/// </summary>
public sealed class Visitor(
    IConsoleDoor door, LiveFeeds feeds, AuthenticationStateProvider authentication, NavigationManager navigation,
    TimeProvider time)
{
    private static readonly string[] Roles = ["viewer", "predictor", "operator", "admin"];

    private ConsoleSession? _session;

    /// <summary>The public API, in the visitor's name.</summary>
    public FairleadClient Client { get; private set; } = null!;

    /// <summary>Null until they have arrived.</summary>
    public CallerInfo? Caller { get; private set; }

    /// <summary>What is going on, shared with everybody who has the same key.</summary>
    public LiveFeed Live { get; private set; } = null!;

    /// <summary>They signed in, and can sign out.</summary>
    public bool IsSignedIn => _session is not null;

    /// <summary>The visitor's time zone; UTC until the browser has said it.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>The name of <see cref="Zone"/> as the browser gave it; null until then.</summary>
    public string? ZoneName { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Finds out who looks. Nothing else may be used before.</summary>
    public async Task ArriveAsync(string? zone)
    {
        UseZone(zone);
        var state = await authentication.GetAuthenticationStateAsync();
        _session = SessionGate.SessionOf(state.User);
        Client = Clients.For(door, _session);
        Live = feeds.For(_session);
        try
        {
            Caller = await Client.GetCallerAsync();
        }
        catch (FairleadApiException refused) when (refused.Status == HttpStatusCode.Unauthorized)
        {
            LeaveToSignIn();
        }
    }

    /// <summary>
    /// The visitor's key allows what asks for this role. The API decides; this only spares the offer.
    /// </summary>
    public bool May(string role) =>
        Caller is not null && Array.IndexOf(Roles, Caller.Role) >= Array.IndexOf(Roles, role);

    /// <summary>The session is over: on to the form, and back here afterwards.</summary>
    public void LeaveToSignIn() => navigation.NavigateTo(
        SignInRoutes.AddressFor("/" + navigation.ToBaseRelativePath(navigation.Uri), "over"), forceLoad: true);

    /// <summary>Names that this machine does not know leave UTC, which every time says then.</summary>
    public void UseZone(string? zone)
    {
        if (zone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            return;
        (Zone, ZoneName) = (found, zone);
    }
}
