using System.Net.Http.Headers;
using Fairlead.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Web.Hosting;

/// <summary>Signing in and out: a form with the key, and a cookie that does not hold it.</summary>
internal static class SignInRoutes
{
    private const string Home = "/";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-in/enter", SignInAsync).DisableAntiforgery();
        routes.MapPost("/sign-out", SignOut).DisableAntiforgery();
    }

    /// <summary>The address of the form, which leads to where somebody wanted to go.</summary>
    public static string AddressFor(string wanted, string? why = null) =>
        $"/sign-in?to={Uri.EscapeDataString(wanted)}" + (why is null ? "" : $"&why={why}");

    private static async Task SignInAsync(HttpContext context, IConsoleDoor door, TimeProvider time)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var wanted = Local(form["to"].ToString());
        var key = form["key"].ToString().Trim();
        if (await KeyNumberAsync(door, key, context.RequestAborted) is not { } number)
        {
            context.Response.Redirect(AddressFor(wanted, key.Length == 0 ? "empty" : "refused"));
            return;
        }

        var session = new ConsoleSession(number, time.GetUtcNow() + SessionGate.SessionLength);
        context.Response.Cookies.Append(SessionGate.Cookie, door.Write(session), Options(context, session.ExpiresAt));
        context.Response.Redirect(wanted);
    }

    private static void SignOut(HttpContext context)
    {
        context.Response.Cookies.Delete(SessionGate.Cookie, Options(context, end: null));
        context.Response.Redirect("/sign-in");
    }

    /// <summary>The public API says whose key it is; null when it is nobody's.</summary>
    private static async Task<long?> KeyNumberAsync(IConsoleDoor door, string key, CancellationToken cancellation)
    {
        if (key.Length == 0)
            return null;
        using var http = new HttpClient(door.HandlerFor(null)) { BaseAddress = new Uri("http://localhost/") };
        if (!AuthenticationHeaderValue.TryParse($"Bearer {key}", out var bearer))
            return null;
        http.DefaultRequestHeaders.Authorization = bearer;
        try
        {
            return (await new FairleadClient(http).GetCallerAsync(cancellation)).KeyId;
        }
        catch (FairleadApiException)
        {
            return null;
        }
    }

    private static CookieOptions Options(HttpContext context, DateTimeOffset? end) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        Expires = end,
    };

    /// <summary>Nothing leads away from here: only a path of this server counts.</summary>
    internal static string Local(string wanted) =>
        wanted.StartsWith('/') && !wanted.StartsWith("//", StringComparison.Ordinal)
        && !wanted.StartsWith("/\\", StringComparison.Ordinal) && !wanted.Any(char.IsControl)
            ? wanted
            : Home;
}
