using Bunit;
using Fairlead.Web.Hosting;
using Fairlead.Web.Layout;
using Fairlead.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests;

/// <summary>Renders pages and parts as a visitor sees them, over <see cref="FakeDoor"/>.</summary>
public abstract class PageTests : BunitContext
{
    protected PageTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<IConsoleDoor>(Door);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<LiveFeeds>();
        Services.AddSingleton<AuthenticationStateProvider>(new Known());
        Services.AddScoped<Visitor>();
    }

    internal FakeDoor Door { get; } = new();

    /// <summary>A page after the visitor arrived.</summary>
    protected async Task<IRenderedComponent<T>> ShowAsync<T>(
        Action<ComponentParameterCollectionBuilder<T>>? parameters = null)
        where T : IComponent
    {
        await Services.GetRequiredService<Visitor>().ArriveAsync("Europe/Amsterdam");
        return Render<T>(builder => parameters?.Invoke(builder));
    }

    private sealed class Known : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(
            new AuthenticationState(SessionGate.UserOf(new ConsoleSession(7, DateTimeOffset.MaxValue))));
    }
}
